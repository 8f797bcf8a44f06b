// How much of a meeting may go into telling who comes and goes: names while there is time for them, tones when many
// come at once, nothing when even those would pile up. The words that matter more always find a place in the queue
// that the media worker keeps for a room. Pure but for the clock it reads.
import type { Clock } from "#common";

/** Of names that wait or sound, and of anything; the worker's queue holds a few more. */
const mostNames = 3;
const mostWaiting = 6;
/** Names may fill so much at once, and this share of the time in the long run. */
const burstMs = 12_000;
const share = 0.25;
const toneMs = 300;

export type Said = "name" | "tone" | "nothing";

export class Airtime {
  readonly #clock: Clock;
  /** When each announcement that is not over will be. */
  #ends: number[] = [];
  #spentMs = 0;
  #asOf = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** What to say of one movement; `nameMs`: how long the name would take, undefined without one. */
  book(nameMs: number | undefined): Said {
    const now = this.#clock.monotonic();
    this.#ends = this.#ends.filter((end) => end > now);
    this.#spentMs = Math.max(0, this.#spentMs - (now - this.#asOf) * share);
    this.#asOf = now;
    if (nameMs !== undefined && this.#ends.length < mostNames && this.#spentMs + nameMs <= burstMs) {
      this.#spentMs += nameMs;
      this.#queue(now, nameMs);
      return "name";
    }
    if (this.#ends.length >= mostWaiting) return "nothing";
    this.#queue(now, toneMs);
    return "tone";
  }

  #queue(now: number, ms: number): void {
    this.#ends.push((this.#ends.at(-1) ?? now) + ms);
  }
}
