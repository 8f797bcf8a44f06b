// The position of a tick in a recording, counted in frames of 20 ms since the first. Skipped ticks leave positions out,
// so that the recording is as long as the meeting; a tick that is due a little early or late leaves out none.

export class Timeline {
  readonly #tickMs: number;
  #startedAt: number | undefined;
  #last = -1;

  constructor(tickMs: number) {
    this.#tickMs = tickMs;
  }

  /** Milliseconds from the first tick to `at`; undefined before that tick. */
  sinceStart(at: number): number | undefined {
    return this.#startedAt === undefined ? undefined : at - this.#startedAt;
  }

  /** The position of a tick that was due at `at`, monotonic milliseconds; always later than the one before. */
  next(at: number): number {
    this.#startedAt ??= at;
    this.#last = Math.max(this.#last + 1, Math.round((at - this.#startedAt) / this.#tickMs));
    return this.#last;
  }
}
