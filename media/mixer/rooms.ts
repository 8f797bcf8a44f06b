// The rooms of a worker, and the room of each leg. A leg that is in no room is in an internal room for its rate, which does not
// mix.
import type { LegId, RoomId } from "#common";
import type { Leg, QuietLegs } from "../leg/index.ts";
import { Room } from "./room.ts";

/** The rate of a room before a leg needs another, and of a leg that has agreed on nothing yet. */
export const lowestRate = 8000;

export class Rooms {
  readonly byId = new Map<RoomId, Room>();
  /** All rooms, including the internal ones, for the tick. */
  readonly ticking: Room[];
  readonly #between: ReadonlyMap<number, Room>;
  readonly #roomOf = new Map<LegId, Room>();
  readonly #quietLegs: QuietLegs;

  constructor(quietLegs: QuietLegs) {
    this.#quietLegs = quietLegs;
    this.#between = new Map(
      [8000, 16_000, 48_000].map((rate) => [rate, new Room({ rate, mixes: false, quietLegs })]),
    );
    this.ticking = [...this.#between.values()];
  }

  /** No room has anything to do. */
  get rest(): boolean {
    return this.ticking.every((room) => room.rests);
  }

  /** Undefined: an internal room. */
  idOf(room: Room): RoomId | undefined {
    for (const [id, one] of this.byId) if (one === room) return id;
    return undefined;
  }

  /** No effect when the room is open. */
  open(id: RoomId): void {
    if (this.byId.has(id)) return;
    const room = new Room({ rate: lowestRate, mixes: true, quietLegs: this.#quietLegs });
    this.byId.set(id, room);
    this.ticking.push(room);
  }

  /** Its legs move to internal rooms. No effect when there is no such room. */
  close(id: RoomId): void {
    const room = this.byId.get(id);
    if (!room) return;
    for (const leg of [...room.legs]) this.takeOut(leg);
    room.close();
    this.byId.delete(id);
    this.ticking.splice(this.ticking.indexOf(room), 1);
  }

  closeAll(): void {
    for (const id of [...this.byId.keys()]) this.close(id);
    for (const room of this.#between.values()) room.close();
  }

  move(leg: Leg, to: Room): void {
    const from = this.#roomOf.get(leg.id);
    if (from === to) return;
    from?.remove(leg);
    to.add(leg);
    this.#roomOf.set(leg.id, to);
  }

  /** Takes the leg out of its room, if it is in one, into the internal room for its rate. */
  takeOut(leg: Leg): void {
    this.move(leg, this.#between.get(leg.format?.audio.rate ?? lowestRate)!);
  }

  /** The leg's rate may have changed: a leg in an internal room then moves to another one. */
  formatChanged(leg: Leg): void {
    const room = this.#roomOf.get(leg.id);
    if (room?.mixes === true) room.formatsChanged();
    else this.takeOut(leg);
  }

  remove(leg: Leg): void {
    this.#roomOf.get(leg.id)?.remove(leg);
    this.#roomOf.delete(leg.id);
  }
}
