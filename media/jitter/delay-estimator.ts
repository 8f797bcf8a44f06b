// How long packets should wait: from the spread of their transit times over the last two to four seconds.
// Transit is arrival minus media time, on an arbitrary origin; only differences mean anything. The fastest
// packet is the base, the all but slowest (about 99 %) the need. The base follows a drifting clock.

const windowMs = 2000;
const kept = 4;
/** Of how many packets one may be slower than what is provided for. */
const packetsPerOutlier = 64;

class Window {
  count = 0;
  fastest = Number.POSITIVE_INFINITY;
  /** The slowest few, slowest first. */
  readonly #slowest = new Float64Array(kept);

  add(transitMs: number): void {
    if (transitMs < this.fastest) this.fastest = transitMs;
    const slowest = this.#slowest;
    let at = Math.min(this.count, kept);
    this.count += 1;
    while (at > 0 && transitMs > slowest[at - 1]!) {
      if (at < kept) slowest[at] = slowest[at - 1]!;
      at -= 1;
    }
    if (at < kept) slowest[at] = transitMs;
  }

  get need(): number {
    if (this.count === 0) return Number.NEGATIVE_INFINITY;
    return this.#slowest[Math.min(kept - 1, Math.floor(this.count / packetsPerOutlier))]!;
  }

  clear(): void {
    this.count = 0;
    this.fastest = Number.POSITIVE_INFINITY;
  }
}

export class DelayEstimator {
  /** A whole window has been measured since the stream began. */
  seasoned = false;
  #current = new Window();
  #previous = new Window();
  #windowEndsAt = Number.NEGATIVE_INFINITY;

  add(transitMs: number, now: number): void {
    if (now >= this.#windowEndsAt) this.#turn(now);
    this.#current.add(transitMs);
  }

  /** The transit of the fastest packet; infinite before the first. */
  get base(): number {
    return Math.min(this.#current.fastest, this.#previous.fastest);
  }

  /** How much longer than the fastest the slow packets take. */
  get spread(): number {
    const need = Math.max(this.#current.need, this.#previous.need);
    return need > this.base ? need - this.base : 0;
  }

  reset(): void {
    this.seasoned = false;
    this.#current.clear();
    this.#previous.clear();
    this.#windowEndsAt = Number.NEGATIVE_INFINITY;
  }

  #turn(now: number): void {
    const stale = now >= this.#windowEndsAt + windowMs;
    const oldest = this.#previous;
    this.#previous = this.#current;
    this.#current = oldest;
    this.#current.clear();
    if (stale) this.#previous.clear();
    else this.seasoned = true;
    this.#windowEndsAt = now + windowMs;
  }
}
