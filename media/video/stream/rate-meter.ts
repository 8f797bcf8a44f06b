// How many kilobits there were in the last second, out of a counter of octets that is looked at every now and then.

const periodMs = 1000;

export class RateMeter {
  kbps = 0;
  #octets = 0;
  #since: number | undefined;

  /** `octets`: all so far. `now`: monotonic milliseconds. */
  look(octets: number, now: number): void {
    this.#since ??= now;
    const elapsed = now - this.#since;
    if (elapsed < periodMs) return;
    this.kbps = Math.round(((octets - this.#octets) * 8) / elapsed);
    this.#octets = octets;
    this.#since = now;
  }
}
