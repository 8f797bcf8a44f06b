// Lowers what sounds between the words. Opens at once, within the frame in which speech begins, closes slowly
// after a hold, and never shuts fully: a line that goes dead between words sounds broken.

import { fromDb } from "./gain.ts";
import { fromDbov } from "./level.ts";

/** Speech stands 8 dB above the noise. */
const standsOut = 6.3;
const quietest = fromDbov(-56);
const holdMs = 250;
const closedDb = -18;
const closeDbPerSecond = 90;

export class NoiseGate {
  gain = 1;
  readonly #tickMs: number;
  readonly #closed = fromDb(closedDb);
  readonly #closing: number;
  #sinceLoudMs = 0;

  constructor(tickMs: number) {
    this.#tickMs = tickMs;
    this.#closing = fromDb((-closeDbPerSecond * tickMs) / 1000);
  }

  /** One frame's mean square and the noise floor's. */
  update(level: number, floor: number): void {
    if (level >= quietest && level >= floor * standsOut) {
      this.#sinceLoudMs = 0;
      this.gain = 1;
      return;
    }
    this.#sinceLoudMs += this.#tickMs;
    if (this.#sinceLoudMs > holdMs) this.gain = Math.max(this.#closed, this.gain * this.#closing);
  }
}
