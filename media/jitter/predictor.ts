// A linear predictor: what of a sound follows from what was just heard (Burg's method). It parts a sound into its
// resonances and what excites them, and puts both together again: a sine needs no excitation at all to go on, a
// voice only that of its last pitch period. Always stable. Allocates nothing after it was made.

/** Reflection stays below 1, so that nothing rings for ever. */
const maxReflection = 0.999_99;
/** Samples made between two moves of the memory. */
const stretch = 512;

export class Predictor {
  /** What the predictor leaves of the sound it was fitted to; the first `order` samples mean nothing. */
  readonly residual: Float64Array;
  readonly #order: number;
  readonly #coefficients: Float64Array;
  readonly #backward: Float64Array;
  /** What was heard or made last, newest at `#at − 1`. */
  readonly #past: Float64Array;
  #at: number;
  /** Between the forward and the delayed backward error, and of both. */
  #cross = 0;
  #energy = 0;

  /** `window`: samples that it is fitted to. */
  constructor(order: number, window: number) {
    this.#order = order;
    this.#coefficients = new Float64Array(order + 1);
    this.residual = new Float64Array(window);
    this.#backward = new Float64Array(window);
    this.#past = new Float64Array(order + stretch);
    this.#at = order;
  }

  /** Learns the sound that ends at `end`, and goes on from there. */
  fit(buffer: Int16Array, end: number): void {
    const forward = this.residual;
    const backward = this.#backward;
    const window = forward.length;
    const order = this.#order;
    let cross = 0;
    let energy = 0;
    for (let index = 0, before = 0; index < window; index += 1) {
      const sample = buffer[end - window + index]!;
      forward[index] = sample;
      backward[index] = sample;
      if (index > 0) {
        cross += sample * before;
        energy += sample * sample + before * before;
      }
      before = sample;
    }
    this.#cross = cross;
    this.#energy = energy;
    for (let index = 0; index < order; index += 1) this.#past[index] = buffer[end - order + index]!;
    this.#at = order;
    this.#coefficients.fill(0);
    this.#coefficients[0] = 1;
    for (let stage = 1; stage <= order; stage += 1) {
      const reflection = this.#reflection();
      this.#extend(stage, reflection);
      this.#filter(stage, reflection);
    }
  }

  /** The next sample, given what excites it; never beyond `peak`. */
  next(excitation: number, peak: number): number {
    const coefficients = this.#coefficients;
    const order = this.#order;
    const past = this.#past;
    if (this.#at === past.length) {
      past.copyWithin(0, past.length - order);
      this.#at = order;
    }
    const at = this.#at;
    let sample = excitation;
    for (let ago = 1; ago <= order; ago += 1) sample -= coefficients[ago]! * past[at - ago]!;
    if (sample > peak) sample = peak;
    else if (sample < -peak) sample = -peak;
    past[at] = sample;
    this.#at = at + 1;
    return sample;
  }

  /** One stage of the lattice, in place, and what the next one needs to know of its outcome. */
  #filter(stage: number, reflection: number): void {
    const forward = this.residual;
    const backward = this.#backward;
    let cross = 0;
    let energy = 0;
    let behind = backward[stage - 1]!;
    let before = 0;
    for (let index = stage; index < forward.length; index += 1) {
      const ahead = forward[index]!;
      const later = backward[index]!;
      const nextAhead = ahead + reflection * behind;
      const nextBehind = behind + reflection * ahead;
      forward[index] = nextAhead;
      backward[index] = nextBehind;
      if (index > stage) {
        cross += nextAhead * before;
        energy += nextAhead * nextAhead + before * before;
      }
      before = nextBehind;
      behind = later;
    }
    this.#cross = cross;
    this.#energy = energy;
  }

  #reflection(): number {
    if (this.#energy <= 0) return 0;
    return Math.max(-maxReflection, Math.min(maxReflection, (-2 * this.#cross) / this.#energy));
  }

  /** Levinson's step. */
  #extend(stage: number, reflection: number): void {
    const coefficients = this.#coefficients;
    for (let low = 1, high = stage - 1; low <= high; low += 1, high -= 1) {
      const lower = coefficients[low]!;
      const upper = coefficients[high]!;
      coefficients[low] = lower + reflection * upper;
      coefficients[high] = upper + reflection * lower;
    }
    coefficients[stage] = reflection;
  }
}
