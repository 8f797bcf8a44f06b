// The sum of a room: exact and wide, minus one's own, clipped once at the end and softly. Frames of 16 bits go
// in and come out; between them nothing saturates, so that subtracting one's own voice leaves nothing of it.
import { addTo, clipInto } from "../dsp/index.ts";

export class Mixer {
  /** How many frames the sum holds. */
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

  /** What every leg hears that is not in the sum. */
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
