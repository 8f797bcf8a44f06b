// Decides how many ticks are due. Keeps the anchor of the tick grid; never reads the time and never waits.
// After a stall it catches up at most `maxCatchUp` ticks, which is as much audio as the jitter buffers can
// hold; older ticks are counted as skipped, and the grid is anchored again at the present.

export interface DueTicksOptions {
  readonly tickMs: number;
  readonly maxCatchUp: number;
}

export class DueTicks {
  /** Ticks that were never run, since the start. */
  skipped = 0;
  /** When the next tick is due, on the scale of the `now` that is passed in. */
  nextAt: number;
  readonly #tickMs: number;
  readonly #maxCatchUp: number;

  constructor(options: DueTicksOptions, now: number) {
    this.#tickMs = options.tickMs;
    this.#maxCatchUp = options.maxCatchUp;
    this.nextAt = now + options.tickMs;
  }

  /** How many ticks to run now: 0 when none is due, never more than `maxCatchUp`. Skips older ticks. */
  due(now: number): number {
    if (now < this.nextAt) return 0;
    const due = Math.floor((now - this.nextAt) / this.#tickMs) + 1;
    if (due <= this.#maxCatchUp) return due;
    const tooOld = due - this.#maxCatchUp;
    this.skipped += tooOld;
    this.nextAt = now - (this.#maxCatchUp - 1) * this.#tickMs;
    return this.#maxCatchUp;
  }

  /** Takes one of the due ticks and returns the instant at which it should have run. */
  take(): number {
    const at = this.nextAt;
    this.nextAt += this.#tickMs;
    return at;
  }
}
