// The database interface of the rooms, which the store implements. It is asynchronous, so that a shared database could implement
// it, too.
import type { Page, RoomId } from "#common";
import type { Room, RoomListQuery, RoomSwitches } from "./room.ts";

export interface RoomsRepository {
  /** False when the extension number is taken. */
  insert(room: Room): Promise<boolean>;
  get(id: RoomId): Promise<Room | undefined>;
  findByExtension(extensionNumber: string): Promise<Room | undefined>;
  /** Of all rooms. */
  revisions(): Promise<readonly Pick<Room, "id" | "revision">[]>;
  /** All rooms there are. */
  count(): Promise<number>;
  /** Returns the numbers that rooms have, of those given. */
  takenExtensions(numbers: readonly string[]): Promise<ReadonlySet<string>>;
  /** `count`: all that match, before paging. Rooms that are equal in the given order are ordered by creation, then by id. */
  list(query: RoomListQuery): Promise<Page<Room>>;
  /** Rooms whose date of deletion has come; at most a hundred, the earliest first. */
  autoDeletionsUntil(instant: string): Promise<readonly RoomId[]>;
  /** Rooms that wait for the end of a meeting to be deleted or closed. */
  withMeetingEndAction(): Promise<readonly RoomId[]>;
  /** Replaces everything but id, extension number and creation time. False when there is no such room. */
  update(room: Room): Promise<boolean>;
  /** False when there was none. Its lock and mute go with it. */
  delete(id: RoomId): Promise<boolean>;
  /** The lock and the mute of the room, as they are from now on. */
  keepSwitches(id: RoomId, switches: RoomSwitches): Promise<void>;
  /** The rooms in which a switch is on. */
  switchedOn(): Promise<readonly { readonly id: RoomId; readonly switches: RoomSwitches }[]>;
}
