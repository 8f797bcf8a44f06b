// One sentence, what can be done about it, and a button.
import { useEffect, useRef } from "preact/hooks";

interface MessageProps {
  readonly title: string;
  readonly advice?: string;
  /** What helps besides: the room's number, for those who can dial it instead, or when it begins. */
  readonly note?: string | undefined;
  readonly action?: string;
  readonly onAction?: () => void;
}

export function MessageScreen({ title, advice, note, action, onAction }: MessageProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  // A screen reader reads what the page has come to.
  useEffect(() => heading.current?.focus(), [title]);
  return (
    <main class="card message">
      <h1 ref={heading} tabIndex={-1}>
        {title}
      </h1>
      {advice !== undefined && <p>{advice}</p>}
      {note !== undefined && <p class="quiet">{note}</p>}
      {action !== undefined && (
        <button type="button" class="primary" onClick={onAction}>
          {action}
        </button>
      )}
    </main>
  );
}
