// Keys that are sent as tones in the audio (ITU-T Q.23, received as Q.24 asks). Works on 8 kHz, in steps of
// 10 ms: a bank of eight Goertzel filters over each step, windows of two steps. A window is a hit when two
// tones of the right frequencies, levels and twist are all but everything that is in it. Two hits in a row are
// a key, four misses its end: tones of 40 ms and pauses of 40 ms are always seen, dropouts of 10 ms are not.
//
//   frame → 10 ms steps → bank → looks like a key? → window: fit two tones → hit → key
//
// `suppress` says that what the frame holds must not be heard. Knows nothing of packets and rooms.

import { type Complex, goertzel, meanSquareOf, resonator, type Tone } from "./goertzel.ts";
import { fromDbov } from "./level.ts";
import { power, TonePair } from "./tone-pair.ts";

const bankRate = 8000;
const stepSamples = 80;
const windowSamples = 2 * stepSamples;
const keys = "123A456B789C*0#D";
const omegaOf = (hertz: number): number => (2 * Math.PI * hertz) / bankRate;
const rows = [697, 770, 852, 941].map(omegaOf);
const columns = [1209, 1336, 1477, 1633].map(omegaOf);
const resonators = [...rows, ...columns].map(resonator);

/** Of the weaker tone. */
const lowestLevel = fromDbov(-43);
/** Q.24 asks to accept 1.5 % and to refuse 3.5 %. */
const maxFrequencyError = 0.023;
/** High tone to low tone, power: Q.24's +4 and −8 dB, with what noise and the line add. */
const highestTwist = 10 ** 0.6;
const lowestTwist = 10 ** -1;
/** What may be left beside the two tones, of all. */
const maxResidual = 0.06;
/** A second harmonic, to the louder tone: speech has them. */
const maxHarmonic = 10 ** -1.8;
/** Share of the bank's two loudest in a window that is worth a closer look, and in a step that is hushed. */
const windowShare = 0.35;
const stepShare = 0.8;
/** From one hit to the next: a tone's level, and its frequency. A voice is seldom so steady. */
const maxChange = 10 ** 0.15;
const maxDrift = 0.01;

const hitsOfKey = 2;
const missesOfEnd = 4;

/** What a step's bank says: per frequency a complex value. */
class Step {
  readonly samples = new Float64Array(stepSamples);
  readonly bank: readonly Complex[] = resonators.map(() => ({ re: 0, im: 0 }));
  energy = 0;
}

export class DtmfDetector {
  /** The last frame holds, or may hold, a key's tone: it must not be heard. */
  suppress = false;
  readonly #stride: number;
  readonly #pair = new TonePair(windowSamples);
  readonly #window = new Float64Array(windowSamples);
  readonly #powers = new Float64Array(resonators.length);
  /** e^(jωN) of each frequency for a step of N samples. */
  readonly #turns = resonators.map(({ omega }) => ({
    re: Math.cos(omega * stepSamples),
    im: Math.sin(omega * stepSamples),
  }));
  #previous = new Step();
  #step = new Step();
  /** The key that is down, and the one that the last window held; −1: none. */
  #down = -1;
  #candidate = -1;
  #hits = 0;
  #misses = 0;
  #hushSteps = 0;
  /** The last hit. */
  readonly #lastLow: Tone = { omega: 0, a: 0, b: 0 };
  readonly #lastHigh: Tone = { omega: 0, a: 0, b: 0 };

  /** `rate`: a multiple of 8000; above that the audio must hold nothing beyond 4 kHz. */
  constructor(rate: number) {
    this.#stride = rate / bankRate;
    if (!Number.isInteger(this.#stride)) throw new RangeError(`cannot look for keys at ${rate} Hz`);
  }

  /** Nothing is under way: a quiet frame need not be told. */
  get idle(): boolean {
    return this.#down < 0 && this.#hushSteps === 0 && this.#step.energy === 0;
  }

  /** Forgets a key that is down and all that was heard. */
  reset(): void {
    this.suppress = false;
    this.#forget();
    this.#down = -1;
    this.#hushSteps = 0;
  }

  /** One frame (a multiple of 10 ms); returns the key whose press it makes certain. */
  detect(frame: Int16Array): string | undefined {
    const stride = this.#stride;
    let pressed: string | undefined;
    let hush = this.#hushSteps > 0;
    for (let from = 0; from + stepSamples * stride <= frame.length; from += stepSamples * stride) {
      this.#take(frame, from);
      const key = this.#advance();
      if (key !== undefined) pressed = key;
      hush ||= this.#hushSteps > 0;
    }
    this.suppress = hush;
    return pressed;
  }

  #take(frame: Int16Array, from: number): void {
    const step = this.#previous;
    this.#previous = this.#step;
    this.#step = step;
    let energy = 0;
    for (let index = 0; index < stepSamples; index += 1) {
      const sample = frame[from + index * this.#stride]!;
      step.samples[index] = sample;
      energy += sample * sample;
    }
    step.energy = energy;
  }

  #advance(): string | undefined {
    const step = this.#step;
    if (step.energy < 2 * lowestLevel * stepSamples) {
      step.energy = 0;
      return this.#miss();
    }
    for (let index = 0; index < resonators.length; index += 1) {
      goertzel(step.samples, 0, stepSamples, resonators[index]!, step.bank[index]!);
    }
    if (this.#looksLikeKey()) this.#hushSteps = 2;
    else if (this.#hushSteps > 0) this.#hushSteps -= 1;
    return this.#previous.energy === 0 ? this.#miss() : this.#judge();
  }

  /** Ten milliseconds alone are too short to be certain, but not to be heard. */
  #looksLikeKey(): boolean {
    const powers = this.#powers;
    for (let index = 0; index < resonators.length; index += 1) powers[index] = power(this.#step.bank[index]!);
    return this.#twoStandOut(stepShare * this.#step.energy * (stepSamples / 2));
  }

  #judge(): string | undefined {
    const { bank, energy } = this.#step;
    const powers = this.#powers;
    const earlier = this.#previous;
    for (let index = 0; index < resonators.length; index += 1) {
      const turn = this.#turns[index]!;
      const before = earlier.bank[index]!;
      const re = bank[index]!.re + turn.re * before.re - turn.im * before.im;
      const im = bank[index]!.im + turn.re * before.im + turn.im * before.re;
      powers[index] = re * re + im * im;
    }
    const all = energy + earlier.energy;
    if (!this.#twoStandOut(windowShare * all * stepSamples)) return this.#miss();
    const row = loudest(powers, 0);
    const column = loudest(powers, rows.length);
    if (!this.#fits(row, column, all)) return this.#miss();
    return this.#hit(row * columns.length + column);
  }

  /** The loudest row and column hold at least `share` together, in a ratio that a key could have. */
  #twoStandOut(share: number): boolean {
    const powers = this.#powers;
    const low = powers[loudest(powers, 0)]!;
    const high = powers[rows.length + loudest(powers, rows.length)]!;
    return low + high >= share && high <= 2 * highestTwist * low && 2 * high >= lowestTwist * low;
  }

  #fits(row: number, column: number, all: number): boolean {
    const window = this.#window;
    const pair = this.#pair;
    window.set(this.#previous.samples);
    window.set(this.#step.samples, stepSamples);
    const lowIsLouder = this.#powers[row]! >= this.#powers[rows.length + column]!;
    pair.fit(window, rows[row]!, columns[column]!, lowIsLouder);
    if (!near(pair.low.omega, rows[row]!) || !near(pair.high.omega, columns[column]!)) return false;
    if (pair.residual > maxResidual * all) return false;
    const low = pair.lowMeanSquare;
    const high = pair.highMeanSquare;
    if (low < lowestLevel || high < lowestLevel) return false;
    if (high > highestTwist * low || high < lowestTwist * low) return false;
    const harmonic = maxHarmonic * Math.max(low, high);
    return pair.leftAt(2 * pair.low.omega) <= harmonic && pair.leftAt(2 * pair.high.omega) <= harmonic;
  }

  #hit(key: number): string | undefined {
    const { low, high } = this.#pair;
    const steady = alike(low, this.#lastLow) && alike(high, this.#lastHigh);
    keep(low, this.#lastLow);
    keep(high, this.#lastHigh);
    this.#hits = key === this.#candidate && steady ? this.#hits + 1 : 1;
    this.#candidate = key;
    this.#misses = 0;
    this.#hushSteps = 2;
    if (this.#hits < hitsOfKey || key === this.#down) return undefined;
    this.#down = key;
    return keys[key];
  }

  #miss(): undefined {
    this.#forget();
    this.#misses += 1;
    if (this.#misses >= missesOfEnd) this.#down = -1;
    if (this.#down >= 0) this.#hushSteps = 2;
    else if (this.#step.energy === 0 && this.#hushSteps > 0) this.#hushSteps -= 1;
    return undefined;
  }

  #forget(): void {
    this.#candidate = -1;
    this.#hits = 0;
  }
}

function loudest(powers: Float64Array, from: number): number {
  let best = 0;
  for (let index = 1; index < rows.length; index += 1) {
    if (powers[from + index]! > powers[from + best]!) best = index;
  }
  return best;
}

const near = (omega: number, nominal: number): boolean =>
  Math.abs(omega - nominal) <= maxFrequencyError * nominal;

function alike(one: Readonly<Tone>, other: Readonly<Tone>): boolean {
  const level = meanSquareOf(one);
  const otherLevel = meanSquareOf(other);
  if (level > maxChange * otherLevel || otherLevel > maxChange * level) return false;
  return Math.abs(one.omega - other.omega) <= maxDrift * other.omega;
}

function keep(tone: Readonly<Tone>, into: Tone): void {
  into.omega = tone.omega;
  into.a = tone.a;
  into.b = tone.b;
}
