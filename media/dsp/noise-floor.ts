// How loud it is without speech: the least level of the last two to four seconds. Speech has gaps, so that
// the least is the noise between the words; a steady sound is its own floor. One comparison a frame.
import { fromDbov } from "./level.ts";

const windowMs = 2000;
const lowest = fromDbov(-75);

export class NoiseFloor {
  /** Mean square. */
  level = lowest;
  readonly #ticksPerWindow: number;
  #before = Number.POSITIVE_INFINITY;
  #least = Number.POSITIVE_INFINITY;
  #minBefore = Number.POSITIVE_INFINITY;
  #ticks = 0;

  constructor(tickMs: number) {
    this.#ticksPerWindow = Math.round(windowMs / tickMs);
  }

  /** One frame's mean square; 0 when nothing came: a source that sends nothing has no noise. */
  update(level: number): void {
    // Of two neighbours the louder: one quiet frame is a freak.
    const held = Math.max(level, this.#before);
    this.#before = level;
    if (held < this.#least) this.#least = held;
    this.#ticks += 1;
    if (this.#ticks === this.#ticksPerWindow) {
      this.#ticks = 0;
      this.#minBefore = this.#least;
      this.#least = held;
    }
    this.level = Math.max(lowest, Math.min(this.#least, this.#minBefore));
  }
}
