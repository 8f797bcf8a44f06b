// How loud it is when nobody speaks: the least level of the last two to four seconds. Speech has gaps, so that
// the least is the noise between the words; a steady sound is its own floor. One division-free step a frame.
import { fromDbov } from "../audio/level.ts";

const windowMs = 2000;
/** A level is the mean of about this many frames, or the least would be a freak. */
const smoothing = 0.5;
const lowest = fromDbov(-75);

export class NoiseFloor {
  /** Mean square. */
  level = lowest;
  readonly #ticksPerWindow: number;
  #smoothed: number | undefined;
  #least = Number.POSITIVE_INFINITY;
  #leastBefore = Number.POSITIVE_INFINITY;
  #ticks = 0;

  constructor(tickMs: number) {
    this.#ticksPerWindow = Math.round(windowMs / tickMs);
  }

  /** One frame's mean square; a frame that was not heard is not to be told. */
  update(level: number): void {
    const smoothed = this.#smoothed ?? level;
    this.#smoothed = smoothed + (level - smoothed) * smoothing;
    if (this.#smoothed < this.#least) this.#least = this.#smoothed;
    this.#ticks += 1;
    if (this.#ticks === this.#ticksPerWindow) {
      this.#ticks = 0;
      this.#leastBefore = this.#least;
      this.#least = this.#smoothed;
    }
    this.level = Math.max(lowest, Math.min(this.#least, this.#leastBefore));
  }
}
