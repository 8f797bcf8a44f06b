// What the rooms need of a database. The store implements it; a shared database behind the same questions
// is why they are asynchronous.
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
  /** Those of the numbers that a room has. */
  takenExtensions(numbers: readonly string[]): Promise<ReadonlySet<string>>;
  /** `count` is what matches before paging; what the order leaves open is in order of creation, then of id. */
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
