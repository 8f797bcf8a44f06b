// A sheet above the room that takes the focus and gives it back: Escape, the button or a click beside it close it.
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { Icon } from "./icon.tsx";

interface PanelProps {
  readonly title: string;
  readonly closeLabel: string;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
}

export function Panel({ title, closeLabel, onClose, children }: PanelProps) {
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
          <button type="button" class="plain" aria-label={closeLabel} onClick={() => dialog.current?.close()}>
            <Icon name="remove" />
          </button>
        </header>
        {children}
      </div>
    </dialog>
  );
}
