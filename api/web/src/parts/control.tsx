// A button of the bar below the room: an icon and what pressing it does, in words that small screens have no place for.
import { Icon, type IconName } from "./icon.tsx";

interface ControlProps {
  readonly icon: IconName;
  /** What pressing it does now. It changes with the state, so that there is no pressed state beside it. */
  readonly label: string;
  readonly look?: "on" | "off" | "leave" | undefined;
  readonly opensDialog?: boolean;
  readonly onClick: () => void;
}

export function Control({ icon, label, look, opensDialog = false, onClick }: ControlProps) {
  return (
    <button
      type="button"
      class={look === undefined ? "control" : `control ${look}`}
      title={label}
      aria-haspopup={opensDialog ? "dialog" : undefined}
      onClick={onClick}
    >
      <Icon name={icon} />
      <span class="caption">{label}</span>
    </button>
  );
}
