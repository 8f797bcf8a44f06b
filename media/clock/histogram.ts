// Durations of the running second in fixed bins, and the percentiles of the last complete one. Recording
// allocates nothing; percentiles are exact to one bin (0.1 ms), the maximum to the full.

const binMs = 0.1;
const bins = 1000;

export interface Percentiles {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

export class Histogram {
  readonly #counts = new Uint32Array(bins);
  #total = 0;
  #maxMs = 0;

  record(durationMs: number): void {
    const ms = Math.max(durationMs, 0);
    const bin = Math.floor(ms / binMs);
    const index = bin < bins ? bin : bins - 1;
    this.#counts[index] = this.#counts[index]! + 1;
    this.#total += 1;
    if (ms > this.#maxMs) this.#maxMs = ms;
  }

  /** The percentiles of the values recorded since the last call; starts over. */
  take(): Percentiles {
    const result = { p50Ms: this.#percentile(0.5), p99Ms: this.#percentile(0.99), maxMs: this.#maxMs };
    this.#counts.fill(0);
    this.#total = 0;
    this.#maxMs = 0;
    return result;
  }

  /** The upper edge of the bin in which the percentile lies, or the maximum where that is less. */
  #percentile(fraction: number): number {
    if (this.#total === 0) return 0;
    let remaining = Math.ceil(this.#total * fraction);
    for (let index = 0; index < bins; index += 1) {
      remaining -= this.#counts[index]!;
      if (remaining <= 0)
        return index === bins - 1 ? this.#maxMs : Math.min(this.#maxMs, (index + 1) * binMs);
    }
    return this.#maxMs;
  }
}
