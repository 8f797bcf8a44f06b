// How the room's picture is arranged, for hosts: its layout, and where each participant is seen.
import type { RosterEntry } from "../../../join/schemas.ts";
import type { ScreenProps } from "../screen-props.ts";
import { cellsOf, choiceOf, layouts, positionOf } from "../session/arrangement.ts";
import { fill } from "../texts/index.ts";

export function PictureTools({ meeting, texts }: ScreenProps) {
  const { layout, participants } = meeting.roster.value!;
  return (
    <fieldset class="stack">
      <legend>{texts.arrangement}</legend>
      <label>
        <span>{texts.layout}</span>
        <select
          value={layout}
          onChange={(event) =>
            void meeting.change("PUT", "/room/layout", { layout: event.currentTarget.value })
          }
        >
          {layouts.map((each) => (
            <option key={each} value={each}>
              {each === "LAYOUT0" ? texts.automatic : fill(texts.cells, { count: cellsOf(each) })}
            </option>
          ))}
        </select>
      </label>
      {participants.map((entry) => (
        <Place key={entry.id} meeting={meeting} texts={texts} entry={entry} />
      ))}
    </fieldset>
  );
}

function Place({ meeting, texts, entry }: ScreenProps & { readonly entry: RosterEntry }) {
  const { layout, participants } = meeting.roster.value!;
  const { id, display_name: name } = entry;
  const isTaken = (cell: number) => participants.some((other) => other.id !== id && other.position === cell);
  const cells = Array.from({ length: cellsOf(layout) }, (_, cell) => cell);
  return (
    <label>
      <span>{name}</span>
      <select
        value={choiceOf(entry.position)}
        onChange={(event) =>
          void meeting.change("PUT", `/participants/${encodeURIComponent(id)}/position`, {
            position: positionOf(event.currentTarget.value),
          })
        }
      >
        <option value={choiceOf(null)}>{texts.automatic}</option>
        <option value={choiceOf(-1)}>{texts.hidden}</option>
        {cells.map((cell) => (
          <option key={cell} value={choiceOf(cell)} disabled={isTaken(cell)}>
            {fill(texts.cell, { number: cell + 1 })}
          </option>
        ))}
      </select>
    </label>
  );
}
