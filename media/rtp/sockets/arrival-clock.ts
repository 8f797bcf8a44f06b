// When a datagram arrived, on the monotonic scale. The kernel stamps with the wall clock, which may be set at any
// time; so both clocks are read together at each poll, and a stamp is believed only between the poll before and
// this one: a clock that is set makes a few arrivals inexact by one poll's distance, never more.
import type { Clock } from "#common";
import { CLOCK_REALTIME, timespec } from "./layout.ts";
import type { Libc } from "./libc.ts";
import { Memory } from "./memory.ts";

export class ArrivalClock {
  readonly #clock: Pick<Clock, "monotonic">;
  readonly #libc: Libc;
  readonly #time: Memory;
  #previous = Number.NEGATIVE_INFINITY;
  /** The running poll on both scales; the wall clock's seconds and nanoseconds apart, or it would be rounded. */
  #now = Number.NEGATIVE_INFINITY;
  #wallSeconds = 0;
  #wallNanoseconds = 0;

  constructor(clock: Pick<Clock, "monotonic">, libc: Libc) {
    this.#clock = clock;
    this.#libc = libc;
    this.#time = new Memory(libc, timespec.size);
  }

  /** A poll begins. */
  begin(): void {
    this.#previous = this.#now;
    this.#libc.clock_gettime(CLOCK_REALTIME, this.#time.at(0));
    this.#now = this.#clock.monotonic();
    this.#wallSeconds = secondsAt(this.#time, timespec.seconds);
    this.#wallNanoseconds = this.#time.words[timespec.nanoseconds >> 2]!;
  }

  /** The instant of the running poll. */
  get now(): number {
    return this.#now;
  }

  /** Monotonic milliseconds of the stamp at `offset`. */
  read(memory: Memory, offset: number): number {
    const seconds = this.#wallSeconds - secondsAt(memory, offset + timespec.seconds);
    const nanoseconds = this.#wallNanoseconds - memory.words[(offset + timespec.nanoseconds) >> 2]!;
    const at = this.#now - seconds * 1000 - nanoseconds / 1e6;
    return Math.min(this.#now, Math.max(this.#previous, at));
  }
}

function secondsAt(memory: Memory, offset: number): number {
  return memory.words[offset >> 2]! + memory.words[(offset >> 2) + 1]! * 2 ** 32;
}
