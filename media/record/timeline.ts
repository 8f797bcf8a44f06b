// Where a tick stands in a recording: places of 20 ms since its first. Ticks that were skipped leave places out, so
// that the recording is as long as the meeting; one that is due a little early or late does not.

export class Timeline {
  readonly #tickMs: number;
  #startedAt: number | undefined;
  #last = -1;

  constructor(tickMs: number) {
    this.#tickMs = tickMs;
  }

  /** The place of a tick that was due at `at`, monotonic milliseconds; always later than the one before. */
  next(at: number): number {
    this.#startedAt ??= at;
    this.#last = Math.max(this.#last + 1, Math.round((at - this.#startedAt) / this.#tickMs));
    return this.#last;
  }
}
