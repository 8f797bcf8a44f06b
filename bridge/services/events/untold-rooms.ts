// A room is written before its event. When the process dies between the two, nobody has been answered, and the log
// knows less than the database: at the next start the missing events are told, so that followers see what there is.

import type { RoomId } from "#common";
import type { Room } from "#conference/rooms";
import type { EventLog } from "./log.ts";
import type { EventsRepository } from "./types.ts";
import { roomOnWire } from "./wire.ts";

export interface UntoldRoomsOptions {
  readonly log: Pick<EventLog, "append">;
  readonly repository: Pick<EventsRepository, "toldRooms">;
  readonly rooms: {
    revisions(): Promise<readonly Pick<Room, "id" | "revision">[]>;
    get(id: RoomId): Promise<Room | undefined>;
  };
}

/** Before rooms can be changed. */
export async function tellUntoldRooms({ log, repository, rooms }: UntoldRoomsOptions): Promise<void> {
  const told = new Map((await repository.toldRooms()).map((room) => [room.id, room]));
  for (const { id, revision } of await rooms.revisions()) {
    const last = told.get(id);
    told.delete(id);
    if (last?.revision === revision) continue;
    const room = await rooms.get(id);
    if (room)
      log.append({
        type: last ? "room.updated" : "room.created",
        room: id,
        data: { room: roomOnWire(room) },
      });
  }
  for (const room of told.values())
    log.append({ type: "room.deleted", room: room.id as RoomId, data: { room } });
}
