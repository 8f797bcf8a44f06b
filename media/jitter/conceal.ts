// Fills what a network lost from a waveform codec: the resonances of what was heard last ring on, excited by
// what excited them in the last pitch period, over and over. A steady tone goes on in phase, a voice at its
// pitch. It sounds at full level for 20 ms and has faded away after 80. When the stream goes on, the first
// milliseconds are crossfaded from what was made up.
//
//   … heard | period period peri… | ╲real╱ real …
//
// Works on the player's own buffer: what lies before `end` is what was heard. Allocates nothing after it was made.
import { matchMs, maxPeriodMs } from "../dsp/index.ts";
import { Predictor } from "./predictor.ts";

const minPeriodMs = 2.5;
const crossfadeMs = 5;
const fullLevelMs = 20;
const fadeMs = 60;
const quickFadeMs = 10;
const searchRate = 8000;
/** The predictor: what it is fitted to, and how far back it looks, by the rate. */
const fitMs = (rate: number): number => (rate > 16_000 ? 18 : 32);
const orderOf = (rate: number): number => (rate === 16_000 ? 32 : 20);
/** Of the loudest sample heard: more is never made up. */
const headroom = 1.25;

export class Concealer {
  /** A repetition runs: the next real audio is to be joined to it. */
  active = false;
  readonly #shortest: number;
  readonly #longest: number;
  readonly #match: number;
  readonly #crossfade: number;
  readonly #fullLevel: number;
  readonly #fade: number;
  readonly #quickFade: number;
  readonly #stride: number;
  readonly #predictor: Predictor;
  /** What is made up never exceeds it. */
  #peak = 0;
  #periodLength = 0;
  #phase = 0;
  /** Samples still to come at full level, then the gain and its fall per sample. */
  #full = 0;
  #gain = 0;
  #fall = 0;

  constructor(rate: number) {
    const samples = (ms: number) => Math.round((rate * ms) / 1000);
    this.#shortest = samples(minPeriodMs);
    this.#longest = samples(maxPeriodMs);
    this.#match = samples(matchMs);
    this.#crossfade = samples(crossfadeMs);
    this.#fullLevel = samples(fullLevelMs);
    this.#fade = samples(fadeMs);
    this.#quickFade = samples(quickFadeMs);
    this.#stride = Math.max(1, Math.round(rate / searchRate));
    this.#predictor = new Predictor(orderOf(rate), samples(fitMs(rate)));
  }

  /** The repetition has faded away. */
  get faded(): boolean {
    return this.active && this.#gain <= 0;
  }

  /** Begins a repetition of what ends at `end`, unless one runs. */
  begin(buffer: Int16Array, end: number): void {
    if (this.active) return;
    this.active = true;
    this.#phase = 0;
    this.#full = this.#fullLevel;
    this.#gain = 1;
    this.#fall = 1 / this.#fade;
    this.#periodLength = this.#findPeriod(buffer, end);
    this.#peak = headroom * peakOf(buffer, end - this.#longest, end);
    this.#predictor.fit(buffer, end);
  }

  /** Writes `count` samples of the repetition from `end` on. */
  fill(buffer: Int16Array, end: number, count: number): void {
    this.begin(buffer, end);
    for (let index = end; index < end + count; index += 1) buffer[index] = this.#next();
  }

  /** The source fell silent on purpose: what is left of the repetition fades within 10 ms. */
  hasten(): void {
    this.#full = 0;
    this.#fall = 1 / this.#quickFade;
  }

  /** Joins real audio at `start` (`count` samples of it) to the running repetition and ends that. */
  join(buffer: Int16Array, start: number, count: number): void {
    if (!this.active) return;
    const length = Math.min(this.#crossfade, count);
    for (let index = 0; index < length; index += 1) {
      const weight = (index + 1) / (length + 1);
      buffer[start + index] = buffer[start + index]! * weight + this.#next() * (1 - weight);
    }
    this.active = false;
  }

  #next(): number {
    if (this.#gain <= 0) return 0;
    const { residual } = this.#predictor;
    const excitation = residual[residual.length - this.#periodLength + this.#phase]!;
    const sample = this.#predictor.next(excitation, this.#peak) * this.#gain;
    this.#phase = this.#phase + 1 === this.#periodLength ? 0 : this.#phase + 1;
    if (this.#full > 0) this.#full -= 1;
    else this.#gain -= this.#fall;
    return sample;
  }

  /**
   * The lag at which the end of what was heard resembles itself most (normalised cross-correlation). Looked
   * for as if at 8 kHz, then to the sample around the best, so that a higher rate costs little more.
   */
  #findPeriod(buffer: Int16Array, end: number): number {
    const stride = this.#stride;
    const coarse = this.#bestLag(buffer, end, stride, this.#shortest, this.#longest);
    if (stride === 1) return coarse;
    const from = Math.max(this.#shortest, coarse - stride + 1);
    return this.#bestLag(buffer, end, 1, from, Math.min(this.#longest, coarse + stride - 1));
  }

  #bestLag(buffer: Int16Array, end: number, stride: number, shortest: number, longest: number): number {
    const from = end - this.#match;
    let energy = 0;
    for (let index = from; index < end; index += stride) {
      const sample = buffer[index - shortest]!;
      energy += sample * sample;
    }
    let best = longest;
    let bestScore = 0;
    for (let lag = shortest; lag <= longest; lag += stride) {
      let correlation = 0;
      for (let index = from; index < end; index += stride)
        correlation += buffer[index]! * buffer[index - lag]!;
      const score = correlation > 0 && energy > 0 ? (correlation * correlation) / energy : 0;
      if (score > bestScore) {
        bestScore = score;
        best = lag;
      }
      const entering = buffer[from - lag - stride]!;
      const leaving = buffer[end - lag - stride]!;
      energy += entering * entering - leaving * leaving;
    }
    return best;
  }
}

function peakOf(buffer: Int16Array, from: number, end: number): number {
  let peak = 0;
  for (let index = from; index < end; index += 1) {
    const sample = buffer[index]!;
    if (sample > peak) peak = sample;
    else if (-sample > peak) peak = -sample;
  }
  return peak;
}
