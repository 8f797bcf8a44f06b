// The two sub-bands of G.722: an adaptive differential quantiser around an adaptive predictor (ITU-T G.722
// §3.2 to §3.6 and §4.2 to §4.4; its block names stand beside the steps). Encoder and decoder run the same
// prediction, so that what one adapts the other does too; all of it forgets, which is why two encoders that
// hear the same for a while come to agree. What was quantised does not depend on the prediction: a decoder
// therefore works off a block step by step, first all steps, then all predictions.

import { blockSamples, Predictor, saturate } from "./g722-predictor.ts";
import type { Bands } from "./g722-qmf.ts";

/** Quantiser thresholds of the lower band for a step of 1/4096 (table 7), in 1/8 of the step. */
const lowLevels = Int32Array.of(
  ...[0, 35, 72, 110, 150, 190, 233, 276, 323, 370, 422, 473, 530, 587, 650, 714, 786, 858, 940, 1023],
  ...[1121, 1219, 1339, 1458, 1612, 1765, 1980, 2195, 2557, 2919],
);
/** Codes of the 30 intervals, for negative and for positive differences. */
const lowNegative = Uint8Array.of(
  ...[0, 63, 62, 31, 30, 29, 28, 27, 26, 25, 24, 23, 22, 21, 20, 19, 18, 17, 16, 15, 14, 13, 12, 11, 10, 9],
  ...[8, 7, 6, 5, 4],
);
const lowPositive = Uint8Array.from({ length: 31 }, (_, interval) => (interval === 0 ? 0 : 62 - interval));
/** What a code stands for: 4 bits drive the prediction, 6 are heard. */
const fourBits = Int32Array.of(
  ...[0, -20_456, -12_896, -8968, -6288, -4240, -2584, -1200],
  ...[20_456, 12_896, 8968, 6288, 4240, 2584, 1200, 0],
);
const sixBits = Int32Array.of(
  ...[-136, -136, -136, -136, -24_808, -21_904, -19_008, -16_704, -14_984, -13_512, -12_280, -11_192],
  ...[-10_232, -9360, -8576, -7856, -7192, -6576, -6000, -5456, -4944, -4464, -4008, -3576, -3168, -2776],
  ...[-2400, -2032, -1688, -1360, -1040, -728, 24_808, 21_904, 19_008, 16_704, 14_984, 13_512, 12_280],
  ...[11_192, 10_232, 9360, 8576, 7856, 7192, 6576, 6000, 5456, 4944, 4464, 4008, 3576, 3168, 2776, 2400],
  ...[2032, 1688, 1360, 1040, 728, 432, 136, -432, -136],
);
const twoBits = Int32Array.of(-7408, -1616, 7408, 1616);
/** By how much a code moves the logarithm of the step. */
const lowStepMoves = Int32Array.of(
  ...[-60, 3042, 1198, 538, 334, 172, 58, -30, 3042, 1198, 538, 334, 172, 58, -30, -60],
);
const highStepMoves = Int32Array.of(798, -214, 798, -214);
/** 2¹¹ · 2^(index/32): the step from its logarithm. */
const steps = Int32Array.from({ length: 32 }, (_, index) => Math.floor(2048 * 2 ** (index / 32) + 0.5));

/** The interval by how many 1/4096 steps a magnitude is: the last of the thresholds that it reaches. */
const lowIntervals = Uint8Array.from({ length: lowLevels.at(-1)! + 1 }, (_, magnitude) => {
  const reached = lowLevels.findLastIndex((level) => level <= magnitude);
  return Math.max(1, reached + 1);
});

/** Work of one block, of whichever stream is at it. */
const differences = new Int32Array(blockSamples);
const predictions = new Int32Array(blockSamples);

export class LowBand {
  readonly #predictor = new Predictor();
  #logStep = 0;
  #step = 32;

  copy(other: LowBand): void {
    this.#predictor.copy(other.#predictor);
    this.#logStep = other.#logStep;
    this.#step = other.#step;
  }

  /** One sample to 6 bits (QUANTL). */
  encode(sample: number): number {
    const difference = saturate(sample - this.#predictor.prediction);
    const magnitude = difference >= 0 ? difference : ~difference;
    const inSteps = ((magnitude * 4096 + 4095) / this.#step) | 0;
    const interval = inSteps < lowIntervals.length ? lowIntervals[inSteps]! : 30;
    const code = difference < 0 ? lowNegative[interval]! : lowPositive[interval]!;
    differences[0] = Math.imul(this.#step, fourBits[code >> 2]!) >> 15;
    this.#adapt(code >> 2);
    this.#predictor.run(differences, predictions, 1);
    return code;
  }

  /** The lower 6 bits of a block of bytes to as many samples of 15 bits (INVQAL, INVQBL). */
  decode(payload: Uint8Array, { from, count, low: heard }: Bands): void {
    for (let index = 0; index < count; index += 1) {
      const code = payload[from + index]! & 0x3f;
      differences[index] = Math.imul(this.#step, fourBits[code >> 2]!) >> 15;
      heard[index] = Math.imul(this.#step, sixBits[code]!) >> 15;
      this.#adapt(code >> 2);
    }
    this.#predictor.run(differences, predictions, count);
    for (let index = 0; index < count; index += 1) heard[index] = limit(heard[index]! + predictions[index]!);
  }

  /** LOGSCL and SCALEL. */
  #adapt(fourBitCode: number): void {
    const logStep = (Math.imul(this.#logStep, 127) >> 7) + lowStepMoves[fourBitCode]!;
    this.#logStep = logStep < 0 ? 0 : logStep > 18_432 ? 18_432 : logStep;
    const shift = 8 - (this.#logStep >> 11);
    const step = steps[(this.#logStep >> 6) & 31]!;
    this.#step = (shift < 0 ? step << -shift : step >> shift) << 2;
  }
}

export class HighBand {
  readonly #predictor = new Predictor();
  #logStep = 0;
  #step = 8;
  /** The predictor stands where the block before ended: it was predicted, as everything is that is not only followed. */
  #predicted = true;
  #predictsNext = true;

  copy(other: HighBand): void {
    this.#predicted = this.#predictsNext = true;
    this.#predictor.copy(other.#predictor);
    this.#logStep = other.#logStep;
    this.#step = other.#step;
  }

  /** One sample to 2 bits (QUANTH). */
  encode(sample: number): number {
    const difference = saturate(sample - this.#predictor.prediction);
    const magnitude = difference >= 0 ? difference : ~difference;
    const outer = magnitude >= Math.imul(564, this.#step) >> 12;
    const code = difference < 0 ? (outer ? 0 : 1) : outer ? 2 : 3;
    differences[0] = Math.imul(this.#step, twoBits[code]!) >> 15;
    this.#adapt(code);
    this.#predictor.run(differences, predictions, 1);
    return code;
  }

  /** The upper 2 bits of a block of bytes to as many samples of 15 bits (INVQAH). */
  decode(payload: Uint8Array, { from, count, high: heard }: Bands): void {
    for (let index = 0; index < count; index += 1) {
      const code = payload[from + index]! >> 6;
      differences[index] = Math.imul(this.#step, twoBits[code]!) >> 15;
      this.#adapt(code);
    }
    this.#predictor.run(differences, predictions, count);
    for (let index = 0; index < count; index += 1) {
      heard[index] = limit(differences[index]! + predictions[index]!);
    }
  }

  /**
   * Adapts as `decode` does, without predicting: the sum of the squares of what was quantised. `predict` may follow, of the
   * same block.
   */
  follow(payload: Uint8Array, { from, count }: Bands): number {
    let sum = 0;
    for (let index = 0; index < count; index += 1) {
      const code = payload[from + index]! >> 6;
      const difference = Math.imul(this.#step, twoBits[code]!) >> 15;
      differences[index] = difference;
      sum += difference * difference;
      this.#adapt(code);
    }
    this.#predicted = this.#predictsNext;
    this.#predictsNext = false;
    return sum;
  }

  /**
   * Predicts what `follow` has just quantised: the sum of the squares of what is heard. Where the block before was not
   * predicted, it begins from nothing, and knows a whistle again within a block.
   */
  predict(count: number): number {
    if (!this.#predicted) this.#predictor.reset();
    this.#predictsNext = true;
    this.#predictor.run(differences, predictions, count);
    let sum = 0;
    for (let index = 0; index < count; index += 1) {
      const heard = limit(differences[index]! + predictions[index]!);
      sum += heard * heard;
    }
    return sum;
  }

  /** LOGSCH and SCALEH. */
  #adapt(code: number): void {
    const logStep = (Math.imul(this.#logStep, 127) >> 7) + highStepMoves[code]!;
    this.#logStep = logStep < 0 ? 0 : logStep > 22_528 ? 22_528 : logStep;
    const shift = 10 - (this.#logStep >> 11);
    const step = steps[(this.#logStep >> 6) & 31]!;
    this.#step = (shift < 0 ? step << -shift : step >> shift) << 2;
  }
}

/** LIMIT: 15 bits. */
const limit = (value: number): number => (value > 16_383 ? 16_383 : value < -16_384 ? -16_384 : value);
