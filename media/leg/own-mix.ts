// The resampler and the encoder of one leg, which it uses while it is sent another mix than the shared one. Both start from the
// last ticks of the shared mix.

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

  /** The encoder, for another encoder that replaces it. */
  get encoder(): FrameEncoder {
    return this.#encoder;
  }

  /** Replaces `from`, the encoder of `shared`, from `tick` on. */
  takeOver(from: FrameEncoder | undefined, shared: Signal, tick: number): void {
    this.#encoder.takeOver(from, shared.at(this.format.audio.rate), tick);
  }

  /** Encodes `own`, which is at the rate of `shared`, the mix for the other legs. */
  encode(own: Int16Array, shared: Signal): TickPayload {
    return this.#encoder.encode(this.#convert(own, shared), shared.tick);
  }

  /** Prepares a tick in which the rate of the mix changes: `own` is the mix at the old rate. */
  prepareChange(own: Int16Array, shared: Signal): void {
    this.#before.set(this.#convert(own, shared));
  }

  /** As `encode`, for the tick of a change of rate, after `prepareChange`: crossfades from the old rate. */
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
