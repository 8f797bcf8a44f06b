// Half the rate for those who listen to its lower part alone: what lies above three quarters of the old band and would fold into the
// lowest quarter is 30 dB down there, flat to 0.3 dB up to a tenth of the old rate. What lies between folds where nothing is looked for.
// A half-band filter of seven taps, of which two are zero: a fiftieth of what a faithful conversion costs.

/** Of samples of the old rate. */
const kept = 6;

export class Halver {
  readonly #samples: Int16Array;

  /** `frame`: samples of the old rate that are converted at a time, an even number. */
  constructor(frame: number) {
    this.#samples = new Int16Array(kept + frame);
  }

  /** Converts a frame; `half` is half as long. */
  process(frame: Int16Array, half: Int16Array): void {
    const samples = this.#samples;
    samples.set(frame, kept);
    for (let index = 0; index < half.length; index += 1) {
      const at = 2 * index;
      const near = samples[at + 2]! + samples[at + 4]!;
      const far = samples[at]! + samples[at + 6]!;
      const sum = (16 * samples[at + 3]! + 9 * near - far) / 32;
      half[index] = sum > 32_767 ? 32_767 : sum < -32_768 ? -32_768 : sum;
    }
    samples.copyWithin(0, frame.length);
  }

  /** Forgets what went before. */
  reset(): void {
    this.#samples.fill(0);
  }
}
