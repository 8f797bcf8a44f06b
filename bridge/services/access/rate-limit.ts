// How many requests one source may make: a token bucket for each, in a table of fixed size from which the one that was
// quiet longest is dropped.
import type { Clock } from "#common";

/** What may come at once after a silence, as seconds of the rate. */
const burstSeconds = 10;
const mostBuckets = 10_000;

interface Bucket {
  tokens: number;
  /** Monotonic milliseconds of the last look. */
  at: number;
}

export class RateLimit {
  readonly #clock: Clock;
  readonly #perSecond: number;
  /** In order of the last request. */
  readonly #buckets = new Map<string, Bucket>();

  /** 0: no limit. */
  constructor(clock: Clock, perSecond: number) {
    this.#clock = clock;
    this.#perSecond = perSecond;
  }

  /** Sources remembered now. */
  get size(): number {
    return this.#buckets.size;
  }

  /** Takes one token; whole seconds to wait when there is none, else 0. */
  take(source: string): number {
    const rate = this.#perSecond;
    if (rate === 0) return 0;
    const most = rate * burstSeconds;
    const now = this.#clock.monotonic();
    const bucket = this.#buckets.get(source) ?? { tokens: most, at: now };
    bucket.tokens = Math.min(most, bucket.tokens + ((now - bucket.at) * rate) / 1000);
    bucket.at = now;
    this.#buckets.delete(source);
    this.#buckets.set(source, bucket);
    if (this.#buckets.size > mostBuckets) this.#buckets.delete(this.#buckets.keys().next().value!);
    if (bucket.tokens < 1) return Math.ceil((1 - bucket.tokens) / rate);
    bucket.tokens -= 1;
    return 0;
  }
}
