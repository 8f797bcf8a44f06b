// The sum of a room in 32 bits, and the N−1 mix by subtraction of one voice, clipped softly once at the end. Frames of 16 bits go
// in and come out; between them nothing saturates, so that a subtracted voice is removed exactly.
import { addTo, clipInto } from "../dsp/index.ts";

export class Mixer {
  /** The number of frames in the sum. */
  sources = 0;
  readonly #sum: Int32Array;

  constructor(samples: number) {
    this.#sum = new Int32Array(samples);
  }

  clear(): void {
    if (this.sources > 0) this.#sum.fill(0);
    this.sources = 0;
  }

  add(frame: Int16Array): void {
    addTo(this.#sum, frame);
    this.sources += 1;
  }

  /** The whole sum, for the legs that are not in it. */
  all(out: Int16Array): void {
    clipInto(this.#sum, out);
  }

  /** The sum without `own`, which must have been added as it is now. */
  without(own: Int16Array, out: Int32Array): void {
    const sum = this.#sum;
    for (let index = 0; index < sum.length; index += 1) out[index] = sum[index]! - own[index]!;
  }

  copy(out: Int32Array): void {
    out.set(this.#sum);
  }
}
