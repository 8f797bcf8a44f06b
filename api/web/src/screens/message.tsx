// One sentence, what can be done about it, and a button.
import { useEffect, useRef } from "preact/hooks";
import { fill, type Texts } from "../texts/index.ts";

interface MessageProps {
  readonly title: string;
  readonly advice?: string;
  /** The room's number, for those who can dial it instead. */
  readonly number?: string | undefined;
  readonly texts?: Texts;
  readonly action?: string;
  readonly onAction?: () => void;
}

export function MessageScreen({ title, advice, number, texts, action, onAction }: MessageProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  // A screen reader reads what the page has come to.
  useEffect(() => heading.current?.focus(), [title]);
  return (
    <main class="card message">
      <h1 ref={heading} tabIndex={-1}>
        {title}
      </h1>
      {advice !== undefined && <p>{advice}</p>}
      {number !== undefined && texts !== undefined && (
        <p class="quiet">{fill(texts.phoneNumber, { number })}</p>
      )}
      {action !== undefined && (
        <button type="button" class="primary" onClick={onAction}>
          {action}
        </button>
      )}
    </main>
  );
}
