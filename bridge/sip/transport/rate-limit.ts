// How many messages a single source may send.
import { type Clock, sourceOf, type TokenBucketLimits, TokenBuckets } from "#common";

export type RateLimit = TokenBucketLimits;

/** Ample for a PBX that carries every call of an organisation, little for a flood. */
export const defaultRateLimit: RateLimit = { perSecond: 500, burst: 2000, sources: 4096 };

/** The returned function takes one token of the address's source; false means that there was none. */
export function createRateLimiter(clock: Clock, limit: RateLimit): (address: string) => boolean {
  const buckets = new TokenBuckets(clock, limit);
  return (address) => buckets.take(sourceOf(address)) === 0;
}
