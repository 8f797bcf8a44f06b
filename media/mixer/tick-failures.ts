// Counts room ticks that threw because of a bug. One such tick is a click for the participants; a room whose every tick throws is
// silent and will not recover: after a second of that the process ends, and its successor restores the rooms. Does nothing in a
// tick that has not failed. Received packets whose handling threw are counted too, but never end the process: otherwise a sender
// could end it at will.
import { errorMessage, type LegId, type Logger, type RoomId } from "#common";
import type { Room } from "./room.ts";

/** Ticks of 20 ms. A successor with the same fault dies within `WorkerLimits.provedMs`, so that there is no endless loop. */
export const maxConsecutiveFailures = 50;
/** The number of rooms and legs whose failures are logged; the counter goes on. */
const maxLogged = 100;

interface Failing {
  lastTick: number;
  inARow: number;
}

export class TickFailures {
  /** Failures since the start, over all rooms and legs. */
  count = 0;
  readonly #log: Logger;
  readonly #failing = new WeakMap<Room, Failing>();
  #logged = 0;

  constructor(log: Logger) {
    this.#log = log;
  }

  /** `id`: undefined for an internal room. `tick`: its number. Throws when the room fails in every tick. */
  note(room: Room, { id, tick, error }: { id: RoomId | undefined; tick: number; error: unknown }): void {
    this.count += 1;
    let failing = this.#failing.get(room);
    if (!failing) {
      failing = { lastTick: tick, inARow: 0 };
      this.#failing.set(room, failing);
      this.#logFirst(
        { room: id },
        error,
        "a tick of a room failed; further ones of it are counted, not logged",
      );
    }
    failing.inARow = failing.lastTick === tick - 1 ? failing.inARow + 1 : 1;
    failing.lastTick = tick;
    if (failing.inARow < maxConsecutiveFailures) return;
    const which = id === undefined ? "of the legs between rooms" : `of room ${id}`;
    throw new Error(`${maxConsecutiveFailures} ticks in a row ${which} failed: ${errorMessage(error)}`, {
      cause: error,
    });
  }

  /** Receives the errors from the handling of the leg's packets. */
  packetsOf(leg: LegId): (error: unknown) => void {
    let first = true;
    return (error) => {
      this.count += 1;
      if (first)
        this.#logFirst({ leg }, error, "a packet failed; further ones of its leg are counted, not logged");
      first = false;
    };
  }

  #logFirst(
    whose: { readonly room: RoomId | undefined } | { readonly leg: LegId },
    error: unknown,
    text: string,
  ): void {
    if (this.#logged === maxLogged) return;
    this.#logged += 1;
    this.#log.error({ ...whose, err: error }, text);
  }
}
