// The two sub-bands of G.722: an adaptive differential quantiser around an adaptive predictor (ITU-T G.722
// §3.2 to §3.6 and §4.2 to §4.4; its block names stand beside the steps). Encoder and decoder run the same
// prediction, so that what one adapts the other does too; all of it forgets, which is why two encoders that
// hear the same for a while come to agree.

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

const saturate = (value: number): number => (value > 32_767 ? 32_767 : value < -32_768 ? -32_768 : value);

/** The adaptive predictor: two poles on what was reconstructed, six zeros on the quantised differences. */
class Predictor {
  /** The next sample as it is expected. */
  prediction = 0;
  #zeros = 0;
  #pole1 = 0;
  #pole2 = 0;
  #reconstructed = 0;
  #partial1 = 0;
  #partial2 = 0;
  /** The last six differences, doubled, and the six coefficients. */
  readonly #differences = new Int32Array(6);
  readonly #coefficients = new Int32Array(6);

  copy(other: Predictor): void {
    this.prediction = other.prediction;
    this.#zeros = other.#zeros;
    this.#pole1 = other.#pole1;
    this.#pole2 = other.#pole2;
    this.#reconstructed = other.#reconstructed;
    this.#partial1 = other.#partial1;
    this.#partial2 = other.#partial2;
    this.#differences.set(other.#differences);
    this.#coefficients.set(other.#coefficients);
  }

  /** Takes a quantised difference and predicts the next sample (block 4). */
  adapt(difference: number): void {
    const reconstructed = saturate(this.prediction + difference);
    const partial = saturate(this.#zeros + difference);
    this.#adaptPoles(partial);
    const zeros = this.#adaptZeros(difference);
    const older = this.#reconstructed;
    this.#reconstructed = reconstructed;
    this.#zeros = zeros;
    const poles =
      (Math.imul(this.#pole1, saturate(reconstructed << 1)) >> 15) +
      (Math.imul(this.#pole2, saturate(older << 1)) >> 15);
    this.prediction = saturate(saturate(poles) + zeros);
  }

  /** UPPOL2 and UPPOL1: by signs alone, within the triangle in which the filter is stable. */
  #adaptPoles(partial: number): void {
    const same1 = (partial ^ this.#partial1) >= 0;
    const same2 = (partial ^ this.#partial2) >= 0;
    const scaled = saturate(this.#pole1 << 2);
    const turn = same1 ? (scaled === -32_768 ? 32_767 : -scaled) : scaled;
    let pole2 = (turn >> 7) + (same2 ? 128 : -128) + (Math.imul(this.#pole2, 32_512) >> 15);
    pole2 = pole2 > 12_288 ? 12_288 : pole2 < -12_288 ? -12_288 : pole2;
    let pole1 = (same1 ? 192 : -192) + (Math.imul(this.#pole1, 32_640) >> 15);
    const bound = 15_360 - pole2;
    pole1 = pole1 > bound ? bound : pole1 < -bound ? -bound : pole1;
    this.#pole1 = pole1;
    this.#pole2 = pole2;
    this.#partial2 = this.#partial1;
    this.#partial1 = partial;
  }

  /** UPZERO and FILTEZ in one walk from the oldest difference to the newest. */
  #adaptZeros(difference: number): number {
    const differences = this.#differences;
    const coefficients = this.#coefficients;
    const turn = difference === 0 ? 0 : 128;
    let zeros = 0;
    for (let index = 5; index >= 0; index -= 1) {
      const compared = differences[index]!;
      const leaked = Math.imul(coefficients[index]!, 32_640) >> 15;
      const coefficient = leaked + ((compared ^ difference) >= 0 ? turn : -turn);
      coefficients[index] = coefficient;
      const newer = index === 0 ? saturate(difference << 1) : differences[index - 1]!;
      differences[index] = newer;
      zeros += Math.imul(coefficient, newer) >> 15;
    }
    return saturate(zeros);
  }
}

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
    let interval = magnitude >= Math.imul(lowLevels[15]!, this.#step) >> 12 ? 16 : 1;
    while (interval < 30 && magnitude >= Math.imul(lowLevels[interval]!, this.#step) >> 12) interval += 1;
    const code = difference < 0 ? lowNegative[interval]! : lowPositive[interval]!;
    this.#adapt(code >> 2);
    return code;
  }

  /** 6 bits to one sample of 15 bits. */
  decode(code: number): number {
    const heard = this.#predictor.prediction + (Math.imul(this.#step, sixBits[code]!) >> 15);
    this.#adapt(code >> 2);
    return heard > 16_383 ? 16_383 : heard < -16_384 ? -16_384 : heard;
  }

  /** INVQAL, LOGSCL, SCALEL and the prediction. */
  #adapt(fourBitCode: number): void {
    this.#predictor.adapt(Math.imul(this.#step, fourBits[fourBitCode]!) >> 15);
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

  copy(other: HighBand): void {
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
    this.#adapt(code);
    return code;
  }

  /** 2 bits to one sample of 15 bits. */
  decode(code: number): number {
    const heard = this.#predictor.prediction + (Math.imul(this.#step, twoBits[code]!) >> 15);
    this.#adapt(code);
    return heard > 16_383 ? 16_383 : heard < -16_384 ? -16_384 : heard;
  }

  /** INVQAH, LOGSCH, SCALEH and the prediction. */
  #adapt(code: number): void {
    this.#predictor.adapt(Math.imul(this.#step, twoBits[code]!) >> 15);
    const logStep = (Math.imul(this.#logStep, 127) >> 7) + highStepMoves[code]!;
    this.#logStep = logStep < 0 ? 0 : logStep > 22_528 ? 22_528 : logStep;
    const shift = 10 - (this.#logStep >> 11);
    const step = steps[(this.#logStep >> 6) & 31]!;
    this.#step = (shift < 0 ? step << -shift : step >> shift) << 2;
  }
}
