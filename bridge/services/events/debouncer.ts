// A value that flickers, published calmly: a change is published once it has held for a while, and never sooner than
// so long after the one before. What has changed back in the meantime is not published at all.
import type { Clock, Timer } from "#common";

export interface DebouncerOptions<Value> {
  readonly clock: Clock;
  /** Reported from the start. */
  readonly initial: Value;
  /** How long a new value must hold. */
  readonly holdMs: (value: Value) => number;
  /** From one published change to the next. */
  readonly gapMs: number;
  readonly tell: (value: Value) => void;
}

export class Debouncer<Value> {
  readonly #options: DebouncerOptions<Value>;
  #value: Value;
  #published: Value;
  #publishedAt = Number.NEGATIVE_INFINITY;
  #timer: Timer | undefined;

  constructor(options: DebouncerOptions<Value>) {
    this.#options = options;
    this.#value = options.initial;
    this.#published = options.initial;
  }

  update(value: Value): void {
    if (value === this.#value) return;
    this.#value = value;
    this.close();
    if (value === this.#published) return;
    const { clock, holdMs, gapMs } = this.#options;
    const waitMs = Math.max(holdMs(value), this.#publishedAt + gapMs - clock.monotonic());
    if (waitMs <= 0) this.#tell();
    else this.#timer = clock.after(waitMs, () => this.#tell());
  }

  /** Drops all that has not been published yet. */
  close(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #tell(): void {
    this.#timer = undefined;
    this.#published = this.#value;
    this.#publishedAt = this.#options.clock.monotonic();
    this.#options.tell(this.#value);
  }
}
