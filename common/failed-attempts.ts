// Limits the guessing of secrets: counts wrong attempts by a source or a user name. The table is bounded: when it is full, the
// entry without attempts for the longest time is dropped.
import { BoundedMap } from "./bounded-map.ts";
import type { Clock } from "./clock.ts";

export interface AttemptLimits {
  /** Wrong attempts within the window before the next one has to wait. */
  readonly attempts: number;
  readonly windowMs: number;
  /** Sources or user names remembered. */
  readonly sources: number;
}

interface Failures {
  count: number;
  forgetAt: number;
}

export class FailedAttempts {
  readonly #clock: Clock;
  readonly #limits: AttemptLimits;
  /** In order of the last failure. */
  readonly #failures: BoundedMap<string, Failures>;

  constructor(clock: Clock, limits: AttemptLimits) {
    this.#clock = clock;
    this.#limits = limits;
    this.#failures = new BoundedMap({ most: limits.sources });
  }

  /** Sources remembered now. */
  get size(): number {
    return this.#failures.size;
  }

  /** Whole seconds until the next attempt is accepted; 0: now. */
  waitSeconds(source: string): number {
    const failures = this.#failures.get(source);
    if (!failures || failures.count < this.#limits.attempts) return 0;
    return Math.max(0, Math.ceil((failures.forgetAt - this.#clock.monotonic()) / 1000));
  }

  /** Counts a wrong attempt, and starts the window again. */
  failed(source: string): void {
    const now = this.#clock.monotonic();
    const earlier = this.#failures.get(source);
    const count = earlier && earlier.forgetAt > now ? earlier.count + 1 : 1;
    this.#failures.set(source, { count, forgetAt: now + this.#limits.windowMs });
  }

  /** Removes one failure: an attempt that was counted before it was checked, and was right. */
  takeBack(source: string): void {
    const failures = this.#failures.get(source);
    if (failures) failures.count = Math.max(0, failures.count - 1);
  }
}
