// A room, its lock and its mute are written before the event of the change. When the process dies between the two,
// the change has not been answered, and the log knows less than the database: at the next start the missing events
// are appended, so that followers see what there is.

import type { RoomId } from "#common";
import type { Room, RoomSwitches } from "#conference/rooms";
import type { EventLog } from "./log.ts";
import type { EventsRepository } from "./types.ts";
import { roomOnWire } from "./wire.ts";

export interface MissingEventsOptions {
  readonly log: Pick<EventLog, "append">;
  readonly repository: Pick<EventsRepository, "loggedRooms">;
  readonly rooms: {
    revisions(): Promise<readonly Pick<Room, "id" | "revision">[]>;
    get(id: RoomId): Promise<Room | undefined>;
    switchedOn(): Promise<readonly { readonly id: RoomId; readonly switches: RoomSwitches }[]>;
  };
}

const off: RoomSwitches = { locked: false, muted: false };

/** Before rooms can be changed. */
export async function appendMissingEvents({ log, repository, rooms }: MissingEventsOptions): Promise<void> {
  const logged = new Map((await repository.loggedRooms()).map((last) => [last.room.id, last]));
  const switchedOn = new Map((await rooms.switchedOn()).map(({ id, switches }) => [id, switches]));
  for (const { id, revision } of await rooms.revisions()) {
    const last = logged.get(id);
    logged.delete(id);
    const types = missingTypes({ revision, ...(switchedOn.get(id) ?? off) }, last);
    const room = types.length > 0 ? await rooms.get(id) : undefined;
    if (!room) continue;
    for (const type of types) log.append({ type, room: id, data: { room: roomOnWire(room) } });
  }
  for (const { room } of logged.values())
    log.append({ type: "room.deleted", room: room.id as RoomId, data: { room } });
}

type LoggedState = Pick<Room, "revision"> & RoomSwitches;

/** The types of the events that lead from what was logged last to what there is. */
function missingTypes(
  now: LoggedState,
  last: (RoomSwitches & { readonly room: Pick<Room, "revision"> }) | undefined,
) {
  const { locked, muted } = last ?? off;
  return [
    ...(last?.room.revision === now.revision ? [] : ([last ? "room.updated" : "room.created"] as const)),
    ...(locked === now.locked ? [] : ([now.locked ? "room.locked" : "room.unlocked"] as const)),
    ...(muted === now.muted ? [] : ([now.muted ? "room.muted" : "room.unmuted"] as const)),
  ];
}
