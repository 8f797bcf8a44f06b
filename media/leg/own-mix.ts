// The private way from a mix to a leg: conversion to its codec's rate and an encoder of its own, for as long as
// it does not hear the shared mix. Both begin with the shared mix of before.

import { blend, Resampler, type Signal } from "../dsp/index.ts";
import { ticksPerSecond } from "../tick.ts";
import { FrameEncoder } from "./frame-encoder.ts";
import type { SendFormat } from "./send-format.ts";
import type { TickPayload } from "./tick-payload.ts";

export class OwnMix {
  readonly #encoder: FrameEncoder;
  readonly #converted: Int16Array;
  readonly #before: Int16Array;
  #resampler: Resampler | undefined;
  #tick = -1;

  constructor(format: SendFormat) {
    const samples = format.audio.rate / ticksPerSecond;
    this.#encoder = new FrameEncoder(format);
    this.#converted = new Int16Array(samples);
    this.#before = new Int16Array(samples);
  }

  get format(): SendFormat {
    return this.#encoder.format;
  }

  /** For an encoder that takes over from it. */
  get encoder(): FrameEncoder {
    return this.#encoder;
  }

  /** Goes on from `tick` where `from` stands, which encodes `shared`. */
  takeOver(from: FrameEncoder | undefined, shared: Signal, tick: number): void {
    this.#encoder.takeOver(from, shared.at(this.format.audio.rate), tick);
  }

  /** `own` is at the rate of `shared`, the mix that the other legs hear. */
  encode(own: Int16Array, shared: Signal): TickPayload {
    return this.#encoder.encode(this.#convert(own, shared), shared.tick);
  }

  /** The mix's rate changes in this tick: what is heard passes from the one to the other. */
  prepareChange(own: Int16Array, shared: Signal): void {
    this.#before.set(this.#convert(own, shared));
  }

  /** The same as `encode` for the tick of a change, after `prepareChange`. */
  encodeChanged(own: Int16Array, shared: Signal): TickPayload {
    const pcm = this.#convert(own, shared);
    this.#converted.set(pcm);
    blend(this.#before, this.#converted, this.#converted.length);
    return this.#encoder.encode(this.#converted, shared.tick);
  }

  close(): void {
    this.#encoder.close();
  }

  #convert(own: Int16Array, shared: Signal): Int16Array {
    const { rate } = this.format.audio;
    if (shared.rate === rate) return own;
    let resampler = this.#resampler;
    const continues = resampler?.fromRate === shared.rate && this.#tick === shared.tick - 1;
    if (!resampler || resampler.fromRate !== shared.rate) {
      resampler = new Resampler(shared.rate, rate);
      this.#resampler = resampler;
    }
    if (!continues) {
      resampler.reset();
      if (shared.known > 0) resampler.process(shared.past(1), this.#converted);
    }
    this.#tick = shared.tick;
    resampler.process(own, this.#converted);
    return this.#converted;
  }
}
