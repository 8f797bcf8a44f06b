// The list of participants: a tile each, with a ring while they speak.
import type { RosterEntry } from "../../../join/schemas.ts";
import type { ScreenProps } from "../screen-props.ts";
import { fill, type Texts } from "../texts/index.ts";
import { Icon, type IconName } from "./icon.tsx";

export function RosterTiles({ meeting, texts }: ScreenProps) {
  const participants = meeting.roster.value?.participants ?? [];
  return (
    <section aria-label={fill(texts.participants, { count: participants.length })}>
      <ul class="tiles">
        {participants.map((entry) => (
          <Tile key={entry.id} meeting={meeting} texts={texts} entry={entry} />
        ))}
      </ul>
    </section>
  );
}

function Tile({ meeting, texts, entry }: ScreenProps & { readonly entry: RosterEntry }) {
  const { id, display_name: name, muted, talking, hand_raised: hand } = entry;
  const isMe = id === meeting.roster.value?.you;
  const path = `/participants/${encodeURIComponent(id)}`;
  const muteLabel = fill(muted ? texts.unmuteOther : texts.muteOther, { name });
  const removeLabel = fill(texts.removeOther, { name });
  const hostLabel = fill(texts.makeHost, { name });
  const permissions = meeting.permissions.value;
  const mayMute = meeting.isLeading.value;
  const mayRemove = permissions?.can_kick_participants ?? false;
  const mayPromote = (permissions?.can_make_moderator ?? false) && entry.role !== "host";
  return (
    <li class={talking ? "tile talking" : "tile"}>
      <span class="avatar" aria-hidden="true">
        {initialsOf(name)}
        {hand && (
          <span class="badge">
            <Icon name="hand" />
          </span>
        )}
      </span>
      <span class="who">
        <span class="name">
          {name}
          {isMe && <span class="quiet"> ({texts.you})</span>}
        </span>
        <span class="quiet marks">{marksOf(entry, texts).join(" · ")}</span>
      </span>
      {muted && <Icon name="microphoneOff" />}
      {!isMe && (mayMute || mayRemove || mayPromote) && (
        <span class="tile-tools">
          {mayPromote && (
            <TileTool label={hostLabel} icon="host" act={() => void meeting.change("PUT", `${path}/host`)} />
          )}
          {mayMute && (
            <TileTool
              label={muteLabel}
              icon={muted ? "microphone" : "microphoneOff"}
              act={() => void meeting.change("PUT", `${path}/mute`, { on: !muted })}
            />
          )}
          {mayRemove && (
            <TileTool label={removeLabel} icon="remove" act={() => void meeting.change("DELETE", path)} />
          )}
        </span>
      )}
    </li>
  );
}

interface TileToolProps {
  readonly label: string;
  readonly icon: IconName;
  readonly act: () => void;
}

function TileTool({ label, icon, act }: TileToolProps) {
  return (
    <button type="button" class="plain" aria-label={label} title={label} onClick={act}>
      <Icon name={icon} />
    </button>
  );
}

function marksOf(entry: RosterEntry, texts: Texts): string[] {
  const marks: string[] = [];
  if (entry.chairman) marks.push(texts.chairman);
  else if (entry.role === "host") marks.push(texts.host);
  if (entry.talking) marks.push(texts.speaking);
  if (entry.muted) marks.push(texts.muted);
  if (entry.hand_raised) marks.push(texts.handRaised);
  if (entry.held) marks.push(texts.onHold);
  return marks;
}

/** First letters of the first and the last word. */
function initialsOf(name: string): string {
  const words = name.trim().split(/\s+/);
  const letters = [words[0], words.length > 1 ? words.at(-1) : undefined].map(
    (word) => [...(word ?? "")][0] ?? "",
  );
  return letters.join("").toUpperCase() || "?";
}
