// The quadrature mirror filter of G.722 (ITU-T G.722 §3.1 and §4.4): 24 taps that split 16 kHz into two bands of
// 8 kHz, and join them again. Half of its outputs are never wanted, so each pair of samples meets one half of the
// taps with its first and the other with its second.
import { blockSamples, saturate } from "./g722-predictor.ts";

/** A stretch of both bands, and the byte of the payload at which it begins. */
export interface Bands {
  from: number;
  count: number;
  readonly low: Int32Array;
  readonly high: Int32Array;
}

export const newBands = (): Bands => ({
  from: 0,
  count: 0,
  low: new Int32Array(blockSamples),
  high: new Int32Array(blockSamples),
});

/** Pairs before the present one that still count. */
const past = 11;

export class Qmf {
  /** Of each pair; the past, then the block at hand. */
  readonly #first = new Int32Array(past + blockSamples);
  readonly #second = new Int32Array(past + blockSamples);

  copy(other: Qmf): void {
    this.#first.set(other.#first);
    this.#second.set(other.#second);
  }

  split(pcm: Int16Array, { from, count, low, high }: Bands): void {
    const first = this.#first;
    const second = this.#second;
    for (let index = 0; index < count; index += 1) {
      first[past + index] = pcm[2 * (from + index)]!;
      second[past + index] = pcm[2 * (from + index) + 1]!;
    }
    for (let index = 0; index < count; index += 1) {
      const odd = ascending(first, index);
      const even = descending(second, index);
      low[index] = (even + odd) >> 14;
      high[index] = (even - odd) >> 14;
    }
    this.#keep(count);
  }

  join({ from, count, low, high }: Bands, pcm: Int16Array): void {
    const first = this.#first;
    const second = this.#second;
    for (let index = 0; index < count; index += 1) {
      first[past + index] = low[index]! + high[index]!;
      second[past + index] = low[index]! - high[index]!;
    }
    for (let index = 0; index < count; index += 1) {
      pcm[2 * (from + index)] = saturate(descending(second, index) >> 11);
      pcm[2 * (from + index) + 1] = saturate(ascending(first, index) >> 11);
    }
    this.#keep(count);
  }

  #keep(count: number): void {
    this.#first.copyWithin(0, count, count + past);
    this.#second.copyWithin(0, count, count + past);
  }
}

/** One half of the taps, and the other, which is its mirror image. Written out: a table would be read each time. */
const ascending = (samples: Int32Array, at: number): number =>
  Math.imul(samples[at]!, 3) +
  Math.imul(samples[at + 1]!, -11) +
  Math.imul(samples[at + 2]!, 12) +
  Math.imul(samples[at + 3]!, 32) +
  Math.imul(samples[at + 4]!, -210) +
  Math.imul(samples[at + 5]!, 951) +
  Math.imul(samples[at + 6]!, 3876) +
  Math.imul(samples[at + 7]!, -805) +
  Math.imul(samples[at + 8]!, 362) +
  Math.imul(samples[at + 9]!, -156) +
  Math.imul(samples[at + 10]!, 53) +
  Math.imul(samples[at + 11]!, -11);

const descending = (samples: Int32Array, at: number): number =>
  Math.imul(samples[at]!, -11) +
  Math.imul(samples[at + 1]!, 53) +
  Math.imul(samples[at + 2]!, -156) +
  Math.imul(samples[at + 3]!, 362) +
  Math.imul(samples[at + 4]!, -805) +
  Math.imul(samples[at + 5]!, 3876) +
  Math.imul(samples[at + 6]!, 951) +
  Math.imul(samples[at + 7]!, -210) +
  Math.imul(samples[at + 8]!, 32) +
  Math.imul(samples[at + 9]!, 12) +
  Math.imul(samples[at + 10]!, -11) +
  Math.imul(samples[at + 11]!, 3);
