// Where a tick stands in a recording: places of 20 ms since it began. Ticks that were skipped leave places out, so
// that the recording is as long as the meeting; a tick that is due a little early or late does not.

export class Timeline {
  readonly #startedAt: number;
  readonly #tickMs: number;
  #last = -1;

  /** `startedAt`: when the first tick was due at the earliest, monotonic milliseconds. */
  constructor(startedAt: number, tickMs: number) {
    this.#startedAt = startedAt;
    this.#tickMs = tickMs;
  }

  /** The place of a tick that was due at `at`; always later than the one before. */
  next(at: number): number {
    const expected = this.#last + 1;
    const actual = (at - this.#startedAt) / this.#tickMs;
    this.#last = actual - expected >= 1 ? Math.floor(actual) : expected;
    return this.#last;
  }
}
