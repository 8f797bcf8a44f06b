// Opus (RFC 6716) by libopus in WebAssembly: 48 kHz mono whatever the far end sends, concealment and in-band
// repetition from the decoder, bitrate and loss settings that follow the path. Memory-safe, so that a hostile
// packet can do no worse than not be decoded. Handles are made asynchronously, streams begin synchronously:
// `HandlePool`. A stream without a handle yet sends nothing and decodes nothing for a tick.
import {
  Application,
  createDecoder,
  createEncoder,
  type OpusDecoderHandle,
  type OpusEncoderHandle,
} from "libopus-wasm";
import { meanSquare } from "../dsp/index.ts";
import { CeltLevel } from "./celt-level.ts";
import { ClaimedSilence } from "./claimed-silence.ts";
import type {
  AudioDecoder,
  AudioEncoder,
  AudioFormat,
  EncoderTuning,
  LossRepair,
  PayloadMeter,
} from "./codec.ts";
import { HandlePool } from "./handle-pool.ts";
import { claimedSilenceOf, repeatsBefore, samplesIn } from "./opus-packet.ts";

const rate = 48_000;
export const opus: AudioFormat = {
  name: "opus",
  rate,
  clockRate: rate,
  bytesPerSecond: 0,
  memory: "short",
};

export const defaultTuning: EncoderTuning = { bitrate: 40_000, lossPercent: 0 };
const complexity = 5;
/** RFC 6716 §3.4: one frame is at most 1275 bytes, which also fits a datagram. */
const maxPacketBytes = 1275;
const maxPacketLength = (rate * 120) / 1000;
/** Spare handles of each kind: more than one turn of the event loop takes. */
const spares = 16;

/** What was decoded to be measured. */
const measured = new Int16Array(maxPacketLength);

const decoders = new HandlePool<OpusDecoderHandle>(() => createDecoder({ channels: 1 }), spares);
const encoders = new HandlePool<OpusEncoderHandle>(
  () =>
    createEncoder({
      ...{ channels: 1, application: Application.Audio, complexity, bitrate: defaultTuning.bitrate },
    }),
  spares,
);

/**
 * Resolves when streams can begin at once; to be awaited before each, by each for itself. Rejects when no handle could be
 * made.
 */
export async function prepareOpus(): Promise<void> {
  await Promise.all([decoders.prepare(), encoders.prepare()]);
}

export class OpusEncoder implements AudioEncoder {
  readonly format = opus;
  #handle = encoders.take();
  readonly #options = { frameSize: 960, maxPacketBytes };
  #tuning = defaultTuning;
  #closed = false;

  constructor(tuning: EncoderTuning = defaultTuning) {
    this.tune(tuning);
  }

  /** From the next frame on; costs no continuity. */
  tune(tuning: EncoderTuning): void {
    if (this.#handle) retune(this.#handle, this.#tuning, tuning);
    this.#tuning = tuning;
  }

  /** `pcm` is 10, 20, 40 or 60 ms. */
  encode(pcm: Int16Array, out: Uint8Array): number {
    if (this.#closed) return 0;
    const handle = this.#handle ?? this.#begin();
    if (!handle) return 0;
    this.#options.frameSize = pcm.length;
    const packet = handle.encode(pcm, this.#options);
    out.set(packet);
    return packet.length;
  }

  close(): void {
    this.#closed = true;
    this.#handle?.free();
  }

  /** None was ready when the stream began. */
  #begin(): OpusEncoderHandle | undefined {
    this.#handle = encoders.take();
    if (this.#handle) retune(this.#handle, defaultTuning, this.#tuning);
    return this.#handle;
  }
}

function retune(handle: OpusEncoderHandle, from: EncoderTuning, to: EncoderTuning): void {
  if (to.bitrate !== from.bitrate) handle.setBitrate(to.bitrate);
  if (to.lossPercent === from.lossPercent) return;
  handle.setFec(to.lossPercent > 0);
  handle.setPacketLossPercent(to.lossPercent);
}

/**
 * Rests while its source says that there is no speech and is believed (claimed-silence.ts): an open microphone in a silent room
 * then costs nothing. A packet that is decoded after such a rest is decoded after the one before it, so that the codec has
 * its footing again.
 */
export class OpusDecoder implements AudioDecoder {
  readonly format = opus;
  readonly repair: LossRepair = {
    step: (rate * 2.5) / 1000,
    conceal: (pcm) => this.#conceal(pcm),
    recover: (next, pcm) => this.#recover(next, pcm),
  };
  /** Where packets do not tell that they are silent, measuring is decoding: the codec goes on by each, whether it is heard or not. */
  readonly meter: PayloadMeter = {
    footing: 0,
    begin: () => {},
    level: (bytes, start, end, _limit, audioLevel) => this.#measure(bytes.subarray(start, end), audioLevel),
    keep: () => {
      this.#kept = this.#measured;
    },
  };
  pauses = false;
  #handle = decoders.take();
  readonly #lossOptions = { frameSize: 960 };
  readonly #fecOptions = { frameSize: 960, decodeFec: true };
  readonly #lastPacket = new Uint8Array(maxPacketBytes);
  readonly #warmUp = new Int16Array(maxPacketLength);
  #lastLength = 0;
  /** Samples in `measured`: of the packet that was measured last, and of one that is still to be decoded. */
  #measured = 0;
  #kept = 0;
  readonly #silence = new ClaimedSilence();
  readonly #celt = new CeltLevel();
  #closed = false;

  get wrongLevels(): number {
    return this.#silence.wrongLevels;
  }

  decode(payload: Uint8Array, pcm: Int16Array, audioLevel?: number): number {
    const kept = this.#kept;
    this.#kept = 0;
    if (kept > 0 && kept <= pcm.length) {
      pcm.set(measured.subarray(0, kept));
      return kept;
    }
    const silence = this.#silence;
    const claim = claimedSilenceOf(payload);
    this.pauses = claim === "paused";
    silence.next(claim, audioLevel, this.#celt.next(payload));
    const rests = silence.believed;
    if (rests && !silence.mustCheck) return this.#rest(payload, pcm);
    if (this.#lastLength > 0) {
      const before = this.#lastPacket.subarray(0, this.#lastLength);
      this.#lastLength = 0;
      this.#decode(before, this.#warmUp);
    }
    const samples = this.#decode(payload, pcm);
    if (silence.claimed && samples > 0) silence.heard(meanSquare(pcm, 0, samples));
    if (rests && silence.believed) pcm.fill(0, 0, samples);
    return samples;
  }

  #measure(payload: Uint8Array, audioLevel: number | undefined): number {
    const samples = this.decode(payload, measured, audioLevel);
    this.#measured = samples;
    if (samples === 0 || this.pauses) return Number.POSITIVE_INFINITY;
    return this.#silence.believed ? 0 : meanSquare(measured, 0, samples);
  }

  durationOf(payload: Uint8Array): number {
    this.#kept = 0;
    this.#celt.interrupt();
    return samplesIn(payload, rate);
  }

  close(): void {
    this.#closed = true;
    this.#handle?.free();
  }

  #rest(payload: Uint8Array, pcm: Int16Array): number {
    const samples = Math.min(pcm.length, samplesIn(payload, rate));
    pcm.fill(0, 0, samples);
    this.#lastLength = Math.min(payload.length, maxPacketBytes);
    for (let index = 0; index < this.#lastLength; index += 1) this.#lastPacket[index] = payload[index]!;
    return samples;
  }

  #decode(payload: Uint8Array, pcm: Int16Array): number {
    if (this.#closed || payload.length === 0) return 0;
    this.#handle ??= decoders.take();
    if (!this.#handle) return 0;
    try {
      const decoded = this.#handle.decode(payload);
      if (decoded.length > pcm.length) return 0;
      pcm.set(decoded);
      return decoded.length;
    } catch {
      return 0;
    }
  }

  #conceal(pcm: Int16Array): boolean {
    this.#celt.interrupt();
    if (this.#closed) return false;
    if (this.#silence.believed) {
      pcm.fill(0);
      return true;
    }
    if (!this.#handle) return false;
    this.#lossOptions.frameSize = pcm.length;
    try {
      pcm.set(this.#handle.decode(null, this.#lossOptions));
      return true;
    } catch {
      return false;
    }
  }

  #recover(next: Uint8Array, pcm: Int16Array): boolean {
    if (this.#closed || !this.#handle || this.#silence.believed || !repeatsBefore(next)) return false;
    this.#fecOptions.frameSize = pcm.length;
    try {
      pcm.set(this.#handle.decode(next, this.#fecOptions));
      return true;
    } catch {
      return false;
    }
  }
}
