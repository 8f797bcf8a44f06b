// Music and announcements are lowered while there is speech, and come forward again when the speech is over.
import { amplify, fromDb } from "./gain.ts";

const duckedDb = -12;
/** All the way down, and all the way up again. */
const downMs = 100;
const upMs = 600;
/** Pauses between words do not bring the music back. */
const holdMs = 400;

export class Ducker {
  readonly #tickMs: number;
  readonly #down: number;
  readonly #up: number;
  readonly #lowest = fromDb(duckedDb);
  #gain = 1;
  #before = 1;
  #sinceSpeechMs = holdMs;

  constructor(tickMs: number) {
    this.#tickMs = tickMs;
    this.#down = fromDb((duckedDb * tickMs) / downMs);
    this.#up = fromDb((-duckedDb * tickMs) / upMs);
  }

  /** Each tick, whether anything plays or not. */
  advance(speaking: boolean): void {
    this.#before = this.#gain;
    if (speaking) this.#sinceSpeechMs = 0;
    else if (this.#sinceSpeechMs < holdMs) this.#sinceSpeechMs += this.#tickMs;
    this.#gain =
      this.#sinceSpeechMs < holdMs
        ? Math.max(this.#lowest, this.#gain * this.#down)
        : Math.min(1, this.#gain * this.#up);
  }

  /** What plays in this tick. */
  apply(frame: Int16Array): void {
    if (this.#before < 1 || this.#gain < 1) amplify(frame, this.#before, this.#gain);
  }
}
