// Rooms kept in memory, in the order in which they were made.

import type { RoomId } from "#common";
import type { Room, RoomListQuery, RoomSwitches, RoomsRepository } from "#conference/rooms";

export class FakeRoomsRepository implements RoomsRepository {
  readonly rooms = new Map<RoomId, Room>();
  /** Of rooms in which one is on. */
  readonly switches = new Map<RoomId, RoomSwitches>();

  async insert(room: Room): Promise<boolean> {
    if (this.#withExtension(room.extensionNumber)) return false;
    this.rooms.set(room.id, room);
    return true;
  }

  async get(id: RoomId): Promise<Room | undefined> {
    return this.rooms.get(id);
  }

  async findByExtension(extensionNumber: string): Promise<Room | undefined> {
    return this.#withExtension(extensionNumber);
  }

  async takenExtensions(numbers: readonly string[]): Promise<ReadonlySet<string>> {
    const taken = [...this.rooms.values()].map((room) => room.extensionNumber);
    return new Set(taken.filter((number) => numbers.includes(number)));
  }

  async revisions() {
    return [...this.rooms.values()].map(({ id, revision }) => ({ id, revision }));
  }

  async count(): Promise<number> {
    return this.rooms.size;
  }

  async list({ skip, top }: RoomListQuery) {
    const all = [...this.rooms.values()];
    return { count: all.length, items: all.slice(skip, skip + top) };
  }

  async withMeetingEndAction() {
    const rooms = [...this.rooms.values()];
    return rooms.filter(({ access }) => access.meetingEndAction !== "none").map(({ id }) => id);
  }

  async autoDeletionsUntil(instant: string) {
    const rooms = [...this.rooms.values()];
    return rooms
      .filter(({ access: { autoDeletionDate: date } }) => date !== null && date <= instant)
      .map(({ id }) => id);
  }

  async update(room: Room): Promise<boolean> {
    if (!this.rooms.has(room.id)) return false;
    this.rooms.set(room.id, room);
    return true;
  }

  async delete(id: RoomId): Promise<boolean> {
    this.switches.delete(id);
    return this.rooms.delete(id);
  }

  async keepSwitches(id: RoomId, switches: RoomSwitches): Promise<void> {
    if (switches.locked || switches.muted) this.switches.set(id, switches);
    else this.switches.delete(id);
  }

  async switchedOn() {
    return [...this.switches].map(([id, switches]) => ({ id, switches }));
  }

  #withExtension(extensionNumber: string): Room | undefined {
    return [...this.rooms.values()].find((room) => room.extensionNumber === extensionNumber);
  }
}
