// A limit for each second of the clock, without a burst over several seconds.
import type { Clock } from "./clock.ts";

export class PerSecond {
  readonly #clock: Clock;
  readonly #most: number;
  #second = 0;
  #count = 0;

  constructor(clock: Clock, most: number) {
    this.#clock = clock;
    this.#most = most;
  }

  /** Counts one more; false when it is too many. */
  allows(): boolean {
    const second = Math.floor(this.#clock.monotonic() / 1000);
    if (second !== this.#second) this.#count = 0;
    this.#second = second;
    this.#count += 1;
    return this.#count <= this.#most;
  }
}
