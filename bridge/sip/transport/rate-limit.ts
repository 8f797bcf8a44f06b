// How many messages a single source, or whatever else has a key, may send: a token bucket for each, in a table of fixed
// size from which the one that has been silent longest is dropped.
import { type Clock, sourceOf } from "#common";

export interface RateLimit {
  /** Messages a second in the long run. */
  readonly perSecond: number;
  /** Messages at once after a silence. */
  readonly burst: number;
  /** Sources remembered. */
  readonly sources: number;
}

/** Ample for a PBX that carries every call of an organisation, little for a flood. */
export const defaultRateLimit: RateLimit = { perSecond: 500, burst: 2000, sources: 4096 };

interface Bucket {
  tokens: number;
  /** Monotonic milliseconds of the last look. */
  at: number;
}

/** The returned function takes one token of the address's source; false means that there was none. */
export function createRateLimiter(clock: Clock, limit: RateLimit): (address: string) => boolean {
  const mayGo = createKeyedLimiter(clock, limit);
  return (address) => mayGo(sourceOf(address));
}

/** The same for any key. */
export function createKeyedLimiter(clock: Clock, limit: RateLimit): (key: string) => boolean {
  const buckets = new Map<string, Bucket>();
  return (key) => {
    const now = clock.monotonic();
    const bucket = buckets.get(key) ?? { tokens: limit.burst, at: now };
    bucket.tokens = Math.min(limit.burst, bucket.tokens + ((now - bucket.at) * limit.perSecond) / 1000);
    bucket.at = now;
    // Put back at the end: the first key is the one silent for longest.
    buckets.delete(key);
    buckets.set(key, bucket);
    if (buckets.size > limit.sources) {
      for (const oldest of buckets.keys()) {
        buckets.delete(oldest);
        break;
      }
    }
    if (bucket.tokens < 1) return false;
    bucket.tokens -= 1;
    return true;
  };
}
