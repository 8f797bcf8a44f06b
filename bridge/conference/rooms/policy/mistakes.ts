// Counts mistakes by key and computes how long the next guess of a key waits. Each rule has a number of free mistakes; every
// one beyond doubles the wait, from one second up to a limit; with time they are forgotten one by one. Bounded: the key whose
// last mistake is oldest is forgotten first.
import {
  type Clock,
  noStateRecords,
  PersistentMap,
  pastInstant,
  type StateRecords,
  wallClockInstant,
} from "#common";

export interface MistakeRule {
  /** Mistakes after which the wait begins. */
  readonly free: number;
  /** The longest wait after a mistake. */
  readonly maxMs: number;
  /** One mistake is forgotten in this time. */
  readonly forgetMs: number;
}

/** The mistakes of one key: how many were not forgotten at the instant of the last one. */
export interface CountedMistakes {
  readonly level: number;
  readonly at: number;
}

export interface MistakesOptions {
  readonly clock: Clock;
  /** Keys remembered. */
  readonly most: number;
  /** For the next process, with instants in milliseconds since 1970; without it, nothing is kept. */
  readonly records?: StateRecords<CountedMistakes>;
}

const isStored = (record: unknown): record is CountedMistakes =>
  typeof record === "object" &&
  record !== null &&
  "level" in record &&
  typeof record.level === "number" &&
  "at" in record &&
  typeof record.at === "number";

/** Takes back a guess that was counted as a mistake but was none. */
export type TakeBack = () => void;

export class Mistakes {
  readonly #clock: Clock;
  readonly #counted: PersistentMap<CountedMistakes, CountedMistakes>;

  constructor({ clock, most, records = noStateRecords() }: MistakesOptions) {
    this.#clock = clock;
    this.#counted = new PersistentMap({
      ...{ most, records, isStored },
      write: ({ level, at }) => ({ level, at: wallClockInstant(clock, at) }),
      read: ({ level, at }) => ({ level, at: pastInstant(clock, at) }),
    });
  }

  /** How long a guess of that key waits because of earlier mistakes. */
  delayMs(key: string, rule: MistakeRule): number {
    const counted = this.#counted.get(key);
    if (!counted) return 0;
    const beyondFree = this.level(key, rule) - rule.free;
    if (beyondFree < 0) return 0;
    const waitMs = Math.min(rule.maxMs, 1000 * 2 ** beyondFree);
    return Math.max(0, counted.at + waitMs - this.#clock.monotonic());
  }

  /** The number of mistakes that are not forgotten, rounded up. */
  level(key: string, { forgetMs }: MistakeRule): number {
    const counted = this.#counted.get(key);
    if (!counted) return 0;
    return Math.max(0, Math.ceil(counted.level - (this.#clock.monotonic() - counted.at) / forgetMs));
  }

  add(key: string, { free, maxMs, forgetMs }: MistakeRule): TakeBack {
    const before = this.#counted.get(key);
    const at = this.#clock.monotonic();
    const left = before ? Math.max(0, before.level - (at - before.at) / forgetMs) : 0;
    // Counting beyond the longest wait would only lengthen the time until the mistakes are forgotten.
    const most = free + Math.ceil(Math.log2(maxMs / 1000)) + 1;
    const counted: CountedMistakes = { level: Math.min(most, left + 1), at };
    this.#counted.set(key, counted);
    return () => {
      const now = this.#counted.get(key);
      if (now === counted && before) this.#counted.set(key, before);
      else if (now === counted) this.#counted.delete(key);
      else if (now) this.#counted.set(key, { level: Math.max(0, now.level - 1), at: now.at });
    };
  }
}
