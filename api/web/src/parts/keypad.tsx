// The twelve keys of a phone: for the menus of the room.
import type { ScreenProps } from "../screen-props.ts";
import { fill } from "../texts/index.ts";

const keys = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "0", "#"];

export function Keypad({ meeting, texts }: ScreenProps) {
  return (
    <div class="keypad">
      {keys.map((key) => (
        <button
          key={key}
          type="button"
          aria-label={fill(texts.key, { key })}
          onClick={() => meeting.sendKey(key)}
        >
          {key}
        </button>
      ))}
    </div>
  );
}
