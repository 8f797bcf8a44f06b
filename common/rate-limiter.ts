// A rate limiter: a token bucket for each source, in a table of fixed size from which the source that has been silent longest is
// dropped.
import { BoundedMap } from "./bounded-map.ts";
import type { Clock } from "./clock.ts";

export interface RateLimit {
  /** Tokens a second in the long run; above 0. */
  readonly perSecond: number;
  /** Tokens at once after a silence. */
  readonly burst: number;
  /** Sources remembered. */
  readonly sources: number;
}

interface Bucket {
  tokens: number;
  /** Monotonic milliseconds of the last access. */
  at: number;
}

export class RateLimiter {
  readonly #clock: Clock;
  readonly #limit: RateLimit;
  /** In order of the last access. */
  readonly #buckets: BoundedMap<string, Bucket>;

  constructor(clock: Clock, limit: RateLimit) {
    this.#clock = clock;
    this.#limit = limit;
    this.#buckets = new BoundedMap({ most: limit.sources });
  }

  /** Sources remembered now. */
  get size(): number {
    return this.#buckets.size;
  }

  /** Takes a token of the source's; false when there is none. */
  allows(source: string): boolean {
    return this.take(source) === 0;
  }

  /** Takes a token of the source and returns 0; without a token it returns the seconds until there is one. */
  take(source: string): number {
    const { perSecond, burst } = this.#limit;
    const now = this.#clock.monotonic();
    const bucket = this.#buckets.get(source) ?? { tokens: burst, at: now };
    bucket.tokens = Math.min(burst, bucket.tokens + ((now - bucket.at) * perSecond) / 1000);
    bucket.at = now;
    this.#buckets.set(source, bucket);
    if (bucket.tokens < 1) return (1 - bucket.tokens) / perSecond;
    bucket.tokens -= 1;
    return 0;
  }
}
