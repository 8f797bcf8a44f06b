// Takes samples out of a running waveform or puts some in without a click: by whole pitch periods where
// something sounds, at any length where it is quiet. That is how a player shortens or lengthens its delay.
// Works in place on the player's buffer and allocates nothing.

/** No period is shorter than the crossfade, which would otherwise blend with itself. */
const minMs = 5;
const maxMs = 16;
const crossfadeMs = 5;
const searchRate = 8000;

/** The stretch of the buffer that is worked on: `length` samples from `start`. */
export interface Span {
  start: number;
  length: number;
}

export class Stretcher {
  /** Samples beyond a frame that must be at hand to cut a period out of it. */
  readonly longest: number;
  readonly #shortest: number;
  readonly #crossfade: number;
  /** Lags are first tried as if at 8 kHz. */
  readonly #stride: number;

  constructor(rate: number) {
    this.#stride = Math.max(1, Math.round(rate / searchRate));
    this.#shortest = Math.round((rate * minMs) / 1000);
    this.longest = Math.round((rate * maxMs) / 1000);
    this.#crossfade = Math.round((rate * crossfadeMs) / 1000);
  }

  /** The period to cut at the start of the span, or 0 when too little is at hand. */
  periodAhead(buffer: Int16Array, span: Readonly<Span>): number {
    if (span.length < this.longest + this.#crossfade) return 0;
    return this.#bestLag(buffer, span.start, 1);
  }

  /** The period to insert at the start of the span. */
  periodBehind(buffer: Int16Array, span: Readonly<Span>): number {
    return this.#bestLag(buffer, span.start, -1);
  }

  /** Cuts `count` samples at the start of the span, which must hold that and a crossfade; shortens it. */
  cut(buffer: Int16Array, span: Span, count: number): void {
    const { start, length } = span;
    this.#blend(buffer, start, start + count);
    const rest = start + this.#crossfade;
    buffer.copyWithin(rest, rest + count, start + length);
    span.length = length - count;
  }

  /** Inserts `count` samples at the start of the span, taken from what precedes it; lengthens it. */
  insert(buffer: Int16Array, span: Span, count: number): void {
    const { start, length } = span;
    const rest = start + this.#crossfade;
    buffer.copyWithin(rest, rest - count, start + length);
    this.#blend(buffer, start, start - count);
    span.length = length + count;
  }

  /** Whether the span is long enough to be cut by `count`. */
  canCut(span: Readonly<Span>, count: number): boolean {
    return span.length >= count + this.#crossfade;
  }

  /** Crossfades from what stands at `at` to what stands at `other`, in place. */
  #blend(buffer: Int16Array, at: number, other: number): void {
    const length = this.#crossfade;
    for (let index = 0; index < length; index += 1) {
      const weight = (index + 1) / (length + 1);
      buffer[at + index] = buffer[at + index]! * (1 - weight) + buffer[other + index]! * weight;
    }
  }

  /** The lag, ahead (1) or behind (−1), at which the waveform fits best onto the one at `start`. */
  #bestLag(buffer: Int16Array, start: number, side: 1 | -1): number {
    const stride = this.#stride;
    let best = this.longest;
    let bestScore = 0;
    for (let lag = this.#shortest; lag <= this.longest; lag += stride) {
      const score = this.#likeness(buffer, start, start + side * lag, stride);
      if (score > bestScore) {
        bestScore = score;
        best = lag;
      }
    }
    if (stride === 1) return best;
    const coarse = best;
    bestScore = 0;
    const to = Math.min(this.longest, coarse + stride - 1);
    for (let lag = Math.max(this.#shortest, coarse - stride + 1); lag <= to; lag += 1) {
      const score = this.#likeness(buffer, start, start + side * lag, 1);
      if (score > bestScore) {
        bestScore = score;
        best = lag;
      }
    }
    return best;
  }

  /** Normalised cross-correlation of a crossfade's length at two places; every `stride`-th sample counts. */
  #likeness(buffer: Int16Array, start: number, other: number, stride: number): number {
    let correlation = 0;
    let energy = 0;
    for (let index = 0; index < this.#crossfade; index += stride) {
      const sample = buffer[other + index]!;
      correlation += buffer[start + index]! * sample;
      energy += sample * sample;
    }
    return correlation > 0 && energy > 0 ? (correlation * correlation) / energy : 0;
  }
}
