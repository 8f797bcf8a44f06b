// Measures how long a receiver has failed, and whether that was an outage: then the deliveries that were put off meanwhile are
// due as soon as it is back.
import type { Clock } from "#common";
import { blockingTries } from "./schedule.ts";
import type { Delivery } from "./types.ts";

export class Outage {
  readonly #clock: Clock;
  /** In a row. */
  #failures = 0;
  /** The first of these. Monotonic milliseconds. */
  #since: number | undefined;

  /** Of what is still pending at the start the last try is known: others may have succeeded before it. */
  constructor(clock: Clock, pending: readonly Delivery[]) {
    this.#clock = clock;
    const tried = pending.flatMap(({ attempts }) => attempts.slice(-1)).map(({ at }) => Date.parse(at));
    if (tried.length === 0) return;
    this.#since = clock.monotonic() - Math.max(0, clock.now() - Math.max(...tried));
  }

  /** Whole seconds; 0 while it answers. */
  get seconds(): number {
    const now = this.#clock.monotonic();
    return Math.round((now - (this.#since ?? now)) / 1000);
  }

  failed(): void {
    this.#failures += 1;
    this.#since ??= this.#clock.monotonic();
  }

  /** Whether it was an outage. */
  recovered(): boolean {
    const outage = this.#failures >= blockingTries;
    this.#failures = 0;
    this.#since = undefined;
    return outage;
  }
}
