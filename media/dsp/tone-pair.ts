// Takes a block of samples for two pure tones near two given frequencies: finds their true frequencies from
// how the phase advances between the block's halves, their levels by least squares, and what is left when
// both are taken away. Pure, allocates nothing after it was made.
import {
  type Complex,
  fitTone,
  goertzel,
  meanSquareOf,
  resonator,
  subtractTone,
  type Tone,
  tune,
} from "./goertzel.ts";

export class TonePair {
  /** Filled by `fit`: frequencies in radians a sample. */
  readonly low: Tone = { omega: 0, a: 0, b: 0 };
  readonly high: Tone = { omega: 0, a: 0, b: 0 };
  /** Energy of the block without the two tones. */
  residual = 0;
  readonly #half: number;
  readonly #left: Float64Array;
  readonly #first: Complex = { re: 0, im: 0 };
  readonly #second: Complex = { re: 0, im: 0 };
  readonly #resonator = resonator(0);

  /** `samples`: of a block; even. */
  constructor(samples: number) {
    this.#half = samples / 2;
    this.#left = new Float64Array(samples);
  }

  get lowMeanSquare(): number {
    return meanSquareOf(this.low);
  }

  get highMeanSquare(): number {
    return meanSquareOf(this.high);
  }

  /** `lowIsLouder` says which tone to begin with: the weaker one is found better without the other. */
  fit(block: Float64Array, lowOmega: number, highOmega: number, lowIsLouder: boolean): void {
    const louder = lowIsLouder ? this.low : this.high;
    const weaker = lowIsLouder ? this.high : this.low;
    this.#find(block, louder, lowIsLouder ? lowOmega : highOmega);
    subtractTone(block, louder, this.#left);
    this.#find(this.#left, weaker, lowIsLouder ? highOmega : lowOmega);
    subtractTone(block, weaker, this.#left);
    this.#find(this.#left, louder, louder.omega);
    this.residual = subtractTone(this.#left, louder, this.#left);
  }

  /** The mean square of what is left at a frequency. */
  leftAt(omega: number): number {
    const samples = this.#left.length;
    goertzel(this.#left, 0, samples, tune(this.#resonator, omega), this.#first);
    return (2 * power(this.#first)) / (samples * samples);
  }

  #find(block: Float64Array, tone: Tone, near: number): void {
    const half = this.#half;
    const resonance = tune(this.#resonator, near);
    goertzel(block, 0, half, resonance, this.#first);
    goertzel(block, half, 2 * half, resonance, this.#second);
    tone.omega = near + phaseAdvance(this.#first, this.#second, near * half) / half;
    fitTone(block, tone);
  }
}

export const power = ({ re, im }: Readonly<Complex>): number => re * re + im * im;

/** By how much the phase went on from `first` to `second` beyond `expected`, −π … π. */
function phaseAdvance(first: Readonly<Complex>, second: Readonly<Complex>, expected: number): number {
  const re = second.re * first.re + second.im * first.im;
  const im = second.im * first.re - second.re * first.im;
  const beyond = Math.atan2(im, re) - expected;
  return beyond - 2 * Math.PI * Math.round(beyond / (2 * Math.PI));
}
