// Codecs as the engine sees them: mono, signed 16 bit, into memory that the caller owns. A codec may carry
// state, so each stream makes its own in each direction and closes it in the end. Neither direction ever
// throws, whatever a payload holds.
import type { AudioCodecName } from "./names.ts";

/** What is fixed for a codec. */
export interface AudioFormat {
  readonly name: AudioCodecName;
  /** Samples a second of its audio. */
  readonly rate: number;
  /** Units a second of its RTP timestamps. */
  readonly clockRate: number;
  /** Payload bytes a second; 0 when it varies, and a packet is then one frame. */
  readonly bytesPerSecond: number;
  readonly memory: EncoderMemory;
}

/**
 * How much of what was before shows in what an encoder makes of a frame. `none`: any encoder may take another's
 * place. `short`: two that have heard the same for a while agree well enough. `long`: they may never agree; one
 * can only go on exactly where another stands, or take its place where it is quiet.
 */
export type EncoderMemory = "none" | "short" | "long";

export interface AudioEncoder {
  readonly format: AudioFormat;
  /** Encodes the whole of `pcm` and returns how many bytes of `out` it took. */
  encode(pcm: Int16Array, out: Uint8Array): number;
  /** Goes on exactly where another encoder of its codec stands, which is not changed; not all can. */
  continueFrom?(other: AudioEncoder): void;
  /** Idempotent. */
  close(): void;
}

export interface AudioDecoder {
  readonly format: AudioFormat;
  /**
   * Decodes the whole payload and returns how many samples of `pcm` it made; 0 when it cannot. `audioLevel`: what the packet
   * says of its level, −dBov.
   */
  decode(payload: Uint8Array, pcm: Int16Array, audioLevel?: number): number;
  /** The codec's own ways with loss; without them a repetition of what was heard must do. */
  readonly repair?: LossRepair;
  /** The payload decoded last said that the source pauses. */
  readonly pauses: boolean;
  readonly meter?: PayloadMeter;
  /** Payloads whose audio level said silence and that were loud; of a codec that relies on it. */
  readonly wrongLevels?: number;
  /** How many samples a payload holds, for a codec that can pass over what no leg hears. */
  durationOf?(payload: Uint8Array): number;
  /** Idempotent. */
  close(): void;
}

/** Tells how loud payloads are without decoding them, so that silence need not be decoded. */
export interface PayloadMeter {
  /** How many of the last payloads are decoded, unheard, before the first that is heard again. */
  readonly footing: number;
  /** From now on payloads are only measured, in their order; the decoder stands where it stood. */
  begin(): void;
  /**
   * The mean square of what `bytes` hold from `start` to `end`; infinite where it may be `limit` or more and only decoding
   * tells. `audioLevel`: what the packet says of it, −dBov.
   */
  level(bytes: Uint8Array, start: number, end: number, limit: number, audioLevel?: number): number;
  /** The payload that was measured last is the next to be decoded, at once. Where measuring is decoding. */
  keep?(): void;
}

/** Both fill the whole of `pcm` and say whether they could. Lengths are multiples of `step` samples. */
export interface LossRepair {
  readonly step: number;
  /** Goes on from what was heard last. */
  conceal(pcm: Int16Array): boolean;
  /** The audio just before `next`, from what that packet repeats of it. */
  recover(next: Uint8Array, pcm: Int16Array): boolean;
}

/** What an encoder of variable rate is told of its path; others ignore it. */
export interface EncoderTuning {
  readonly bitrate: number;
  /** The loss to provide for, per cent; 0 repeats nothing. */
  readonly lossPercent: number;
}
