// One sentence, what can be done about it, and a button.
import { ScreenHeading } from "../parts/screen-heading.tsx";

interface MessageProps {
  readonly title: string;
  readonly advice?: string;
  /** What helps besides: the room's number, for those who can dial it instead, or when it begins. */
  readonly note?: string | undefined;
  readonly action?: string;
  readonly onAction?: () => void;
}

export function MessageScreen({ title, advice, note, action, onAction }: MessageProps) {
  return (
    <main class="card message">
      <ScreenHeading text={title} />
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
