// How many requests one source may make.
import { type Clock, TokenBuckets } from "#common";

/** What may come at once after a silence, as seconds of the rate. */
const burstSeconds = 10;
const maxSources = 10_000;

export class RateLimit {
  readonly #buckets: TokenBuckets | undefined;

  /** 0: no limit. */
  constructor(clock: Clock, perSecond: number) {
    const limits = { perSecond, burst: perSecond * burstSeconds, sources: maxSources };
    this.#buckets = perSecond === 0 ? undefined : new TokenBuckets(clock, limits);
  }

  /** Sources remembered now. */
  get size(): number {
    return this.#buckets?.size ?? 0;
  }

  /** Takes one token; whole seconds to wait when there is none, else 0. */
  take(source: string): number {
    return Math.ceil(this.#buckets?.take(source) ?? 0);
  }
}
