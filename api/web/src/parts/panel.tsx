// A sheet above the room that takes the focus and gives it back: Escape, the button or a click beside it close it. Nothing behind it
// can be seen or read meanwhile: what does not work is said here.
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { ScreenProps } from "../screen-props.ts";
import { Icon } from "./icon.tsx";
import { Troubles } from "./troubles.tsx";

interface PanelProps extends ScreenProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
}

export function Panel({ meeting, texts, title, onClose, children }: PanelProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape closes a modal dialog by itself.
    <dialog
      ref={dialog}
      aria-label={title}
      onClose={onClose}
      onClick={(event) => {
        if (event.target === dialog.current) dialog.current?.close();
      }}
    >
      <div class="panel">
        <header>
          <h2>{title}</h2>
          <button
            type="button"
            class="plain"
            aria-label={texts.close}
            onClick={() => dialog.current?.close()}
          >
            <Icon name="remove" />
          </button>
        </header>
        <div role="status">
          <Troubles meeting={meeting} texts={texts} />
        </div>
        {children}
      </div>
    </dialog>
  );
}
