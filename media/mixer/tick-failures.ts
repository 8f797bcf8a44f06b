// Ticks of rooms that threw: a bug. One such tick is a click for those in the room; a room whose every tick throws is silent, and what
// the bug has left behind will not mend itself: after a second of it the process ends, and its successor makes the rooms again.
// Does nothing in a tick that has not failed. Received packets whose handling threw count as well and end nothing: who sends them
// could end the process at will.
import { errorMessage, type LegId, type Logger, type RoomId } from "#common";
import type { Room } from "./room.ts";

/** 20 ms each. A successor in which it goes on like this dies within `WorkerLimits.provedMs`, so that there is no loop of them. */
export const maxConsecutiveFailures = 50;
/** Rooms and legs of which a failure is logged; the counter goes on. */
const maxLogged = 100;

interface Failing {
  lastTick: number;
  inARow: number;
}

export class TickFailures {
  /** Since the start, of all rooms and legs. */
  count = 0;
  readonly #log: Logger;
  readonly #failing = new WeakMap<Room, Failing>();
  #logged = 0;

  constructor(log: Logger) {
    this.#log = log;
  }

  /** `id`: undefined: of the legs between rooms. `tick` counts them. Throws when the room is beyond help. */
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

  /** Takes what the handling of the leg's packets throws. */
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
