// Watches the changes by which a participant may lose a right: they leave, their permissions change, or the room changes.
import type { ParticipantId, RoomId } from "#common";
import type { ParticipantInfo, Rooms } from "#conference/rooms";

export interface WatchedParticipant {
  readonly room: RoomId;
  /** Undefined: no participant who is inside has the right. */
  readonly participant: ParticipantId | undefined;
  /** What the right depends on: participants change with each word that they say, too. */
  readonly basis: (participant: ParticipantInfo) => string;
}

/** Calls `listener` after each such change. The returned function ends that. */
export function onRightChange(
  { events }: Pick<Rooms, "events">,
  { room: id, participant: self, basis }: WatchedParticipant,
  listener: () => void,
): () => void {
  let seen: string | undefined;
  const offs = [
    events.on("participant.left", ({ room, participant }) => {
      if (room.id === id && participant.id === self) listener();
    }),
    events.on("participant.changed", ({ room, participant }) => {
      if (room.id !== id || participant.id !== self) return;
      const before = seen;
      seen = basis(participant);
      if (seen !== before) listener();
    }),
    events.on("room.updated", ({ room }) => {
      if (room.id === id) listener();
    }),
  ];
  return () => {
    for (const off of offs) off();
  };
}
