// Loudness changes that are not heard as steps: gains that move evenly over a frame, and a volume that comes to a
// new setting at a bounded speed. In place, without allocation.

import { volumeBounds } from "../protocol.ts";
import { scale, softClip } from "./pcm.ts";

export const fromDb = (db: number): number => 10 ** (db / 20);

/** Scales by a gain that moves evenly from `from` to `to` within the first `ramp` samples; clips softly. */
export function amplify(frame: Int16Array, from: number, to: number, ramp = frame.length): void {
  const step = (to - from) / ramp;
  let gain = from;
  for (let index = 0; index < frame.length; index += 1) {
    if (index < ramp) gain += step;
    frame[index] = softClip(frame[index]! * gain);
  }
}

/** 50 dB a second. */
const dbPerTick = 1;

/** A volume that a client sets: within bounds, and never a leap. */
export class Volume {
  #wantedDb = 0;
  #db = 0;
  #gain = 1;
  #before = 1;

  get db(): number {
    return this.#wantedDb;
  }

  set db(db: number) {
    if (!Number.isFinite(db)) return;
    this.#wantedDb = Math.min(volumeBounds.maxDb, Math.max(volumeBounds.minDb, db));
  }

  /** Changes nothing: this tick needs neither `advance` nor `apply`. */
  get idle(): boolean {
    return this.#db === 0 && this.#wantedDb === 0 && this.#before === 1;
  }

  /** A tick goes by; returns the gain at its end. */
  advance(): number {
    const away = this.#wantedDb - this.#db;
    this.#before = this.#gain;
    if (away !== 0) {
      this.#db = Math.abs(away) <= dbPerTick ? this.#wantedDb : this.#db + Math.sign(away) * dbPerTick;
      this.#gain = fromDb(this.#db);
    }
    return this.#gain;
  }

  /** This tick of a mix. */
  apply(wide: Int32Array): void {
    scale(wide, this.#before, this.#gain);
  }
}
