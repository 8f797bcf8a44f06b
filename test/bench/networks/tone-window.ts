// A steady tone against everything else, window by window of 100 ms: least squares, so that its level and phase
// are found whatever they are.

const windowMs = 100;

export class ToneWindow {
  readonly #cosines: Float64Array;
  readonly #sines: Float64Array;
  readonly #samples: Float64Array;
  #filled = 0;

  constructor(hertz: number, rate: number) {
    const length = (rate * windowMs) / 1000;
    const angle = (2 * Math.PI * hertz) / rate;
    this.#cosines = Float64Array.from({ length }, (_, index) => Math.cos(angle * index));
    this.#sines = Float64Array.from({ length }, (_, index) => Math.sin(angle * index));
    this.#samples = new Float64Array(length);
  }

  /** The next frame; with the last one of a window, its tone to everything else, dB. */
  take(frame: Int16Array): number | undefined {
    this.#samples.set(frame, this.#filled);
    this.#filled += frame.length;
    if (this.#filled < this.#samples.length) return undefined;
    this.#filled = 0;
    return this.#ratio();
  }

  #ratio(): number {
    let cc = 0;
    let ss = 0;
    let cs = 0;
    let xc = 0;
    let xs = 0;
    let energy = 0;
    for (let index = 0; index < this.#samples.length; index += 1) {
      const sample = this.#samples[index]!;
      const cosine = this.#cosines[index]!;
      const sine = this.#sines[index]!;
      cc += cosine * cosine;
      ss += sine * sine;
      cs += cosine * sine;
      xc += sample * cosine;
      xs += sample * sine;
      energy += sample * sample;
    }
    const tone = ((xc * ss - xs * cs) * xc + (xs * cc - xc * cs) * xs) / (cc * ss - cs * cs);
    return 10 * Math.log10(Math.max(1e-9, tone) / Math.max(1e-9, energy - tone));
  }
}
