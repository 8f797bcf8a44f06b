// Whether there is speech, from the level of each frame: a tracked noise floor, a threshold above it with
// hysteresis, and holds, so that pauses between words do not cut. Pure. The threshold is capped: a steady
// sound that is as loud as speech stays speech, however long it lasts.
import { fromDbov } from "./level.ts";

const lowestFloor = fromDbov(-72);
const highestFloor = fromDbov(-48);
const initialFloor = fromDbov(-62);
const lowestThreshold = fromDbov(-54);
const highestThreshold = fromDbov(-40);
/** The threshold lies this far above the floor (10 dB); staying above half of that (7 dB) keeps it open. */
const overFloor = 10;
const keepOpen = 0.5;
const floorFall = 0.2;
/** About 1 dB a second at 20 ms. */
const floorRisePerTick = 1.005;

const audibleHoldMs = 600;
const talkingAfterMs = 60;
const recentlyMs = 2000;

export class SpeechDetector {
  /** In the mix: from the first loud frame until 0.6 s after the last. */
  audible = false;
  /** Worth telling people: audible, and loud for more than a click. */
  talking = false;
  readonly #tickMs: number;
  #floor = initialFloor;
  #sinceLoudMs = Number.POSITIVE_INFINITY;
  #loudMs = 0;

  constructor(tickMs: number) {
    this.#tickMs = tickMs;
  }

  /** Loud within the last two seconds: such a leg keeps a mix of its own. */
  get recently(): boolean {
    return this.#sinceLoudMs <= recentlyMs;
  }

  /** One frame's mean square; 0 for a frame that was not heard. */
  update(level: number): void {
    const threshold = Math.min(highestThreshold, Math.max(lowestThreshold, this.#floor * overFloor));
    const loud = level >= (this.audible ? threshold * keepOpen : threshold);
    if (loud) {
      this.#sinceLoudMs = 0;
      this.#loudMs += this.#tickMs;
      this.audible = true;
    } else {
      this.#sinceLoudMs += this.#tickMs;
      if (this.#sinceLoudMs > audibleHoldMs) {
        this.audible = false;
        this.#loudMs = 0;
      }
    }
    this.talking = this.audible && this.#loudMs >= talkingAfterMs;
    if (level > 0) this.#track(level);
  }

  #track(level: number): void {
    if (level < this.#floor) this.#floor += (level - this.#floor) * floorFall;
    else this.#floor *= floorRisePerTick;
    if (this.#floor < lowestFloor) this.#floor = lowestFloor;
    if (this.#floor > highestFloor) this.#floor = highestFloor;
  }
}
