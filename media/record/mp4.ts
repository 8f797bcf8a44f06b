// MP4 of a room with a picture: AAC of the mix, and the pictures as a canvas' encoder made them. The file begins with the first
// key frame, whose size and parameter sets stand at its head; the audio before it is held back. Where no picture comes for a
// while the file is of audio alone. Must be freed.
import {
  AV_CHANNEL_LAYOUT_MONO,
  AV_CODEC_FLAG_GLOBAL_HEADER,
  AV_CODEC_ID_AAC,
  AV_SAMPLE_FMT_FLTP,
} from "node-av/constants";
import { Codec, Packet, Rational } from "node-av/lib";
import { ParleyError } from "#common";
import { FfmpegStream } from "../codec/index.ts";
import { ticksPerSecond } from "../tick.ts";
import type { Encoding, RecordedPicture } from "./encoding.ts";
import { Mp4File, type PictureFormat } from "./mp4-file.ts";

/** Before the first picture comes. */
const maxWaitMs = 5000;
/** In a further file, where pictures have been before: a process that composes may be restarted a few times first. */
const maxFurtherWaitMs = 30_000;

export interface Mp4Options {
  readonly path: string;
  readonly rate: number;
  /** Of the audio. */
  readonly kbps: number;
  /** Pictures are to come; false: audio alone. */
  readonly pictures: boolean;
  /** It goes on with the recording of a process that died. */
  readonly further?: boolean | undefined;
}

interface HeldAudio {
  readonly packet: Packet;
  readonly position: number;
}

export class Mp4Encoding implements Encoding {
  readonly #options: Mp4Options;
  readonly #stream: FfmpegStream;
  /** Samples of one AAC frame, and how many of the next are there. */
  readonly #pcm: Float32Array;
  readonly #silentTick: Int16Array;
  #collected = 0;
  #samplesSent = 0;
  #file: Mp4File | undefined;
  #held: HeldAudio[] = [];

  constructor(options: Mp4Options) {
    const codec = Codec.findEncoder(AV_CODEC_ID_AAC);
    if (!codec) throw new ParleyError("INTERNAL", "FFmpeg has no AAC encoder");
    this.#options = options;
    this.#stream = new FfmpegStream(codec);
    const { context, frame } = this.#stream;
    context.sampleRate = options.rate;
    context.bitRate = BigInt(options.kbps * 1000);
    context.sampleFormat = AV_SAMPLE_FMT_FLTP;
    context.channelLayout = AV_CHANNEL_LAYOUT_MONO;
    context.timeBase = new Rational(1, options.rate);
    context.setFlags(AV_CODEC_FLAG_GLOBAL_HEADER);
    try {
      check(context.open2Sync(codec));
      frame.nbSamples = context.frameSize;
      frame.format = AV_SAMPLE_FMT_FLTP;
      frame.sampleRate = options.rate;
      frame.channelLayout = AV_CHANNEL_LAYOUT_MONO;
      check(frame.getBuffer());
    } catch (error) {
      this.free();
      throw error;
    }
    this.#pcm = new Float32Array(context.frameSize);
    this.#silentTick = new Int16Array(options.rate / ticksPerSecond);
  }

  head(): undefined {
    return undefined;
  }

  encode(samples: Int16Array): void {
    for (const sample of samples) {
      this.#pcm[this.#collected] = sample / 32_768;
      this.#collected += 1;
      if (this.#collected === this.#pcm.length) this.#encodeFrame();
    }
  }

  silence(frames: number): void {
    for (let frame = 0; frame < frames; frame += 1) this.encode(this.#silentTick);
  }

  /** In order. Those before the first key frame are left out. */
  picture({ data, key, atMs, width, height }: RecordedPicture): void {
    if (!this.#file) {
      const parameterSets = key ? parameterSetsOf(data) : undefined;
      if (!parameterSets) return;
      this.#begin({ width, height, parameterSets });
    }
    this.#file?.writePicture(data, key, Math.max(0, atMs));
  }

  finish(): void {
    if (this.#collected > 0) {
      this.#pcm.fill(0, this.#collected);
      this.#encodeFrame();
    }
    check(this.#stream.context.sendFrameSync(null));
    this.#receive();
    if (!this.#file) this.#begin(undefined);
    this.#file?.finish();
  }

  free(): void {
    this.#stream.free();
    this.#file?.free();
    for (const { packet } of this.#held.splice(0)) packet.free();
  }

  #begin(pictures: PictureFormat | undefined): void {
    this.#file = new Mp4File({ path: this.#options.path, audio: this.#stream.context, pictures });
    for (const { packet, position } of this.#held.splice(0)) {
      this.#file.writeAudio(packet, position);
      packet.free();
    }
  }

  #encodeFrame(): void {
    const { context, frame } = this.#stream;
    check(frame.makeWritable());
    const plane = frame.data?.[0];
    if (!plane) throw new ParleyError("INTERNAL", "FFmpeg gave a frame without samples");
    plane.set(new Uint8Array(this.#pcm.buffer));
    frame.pts = BigInt(this.#samplesSent);
    this.#samplesSent += this.#pcm.length;
    this.#collected = 0;
    check(context.sendFrameSync(frame));
    this.#receive();
    if (this.#file) return;
    const { rate, pictures, further } = this.#options;
    const waitMs = further ? maxFurtherWaitMs : maxWaitMs;
    if (!pictures || (this.#samplesSent * 1000) / rate > waitMs) this.#begin(undefined);
  }

  #receive(): void {
    const { context, packet } = this.#stream;
    while (context.receivePacketSync(packet) >= 0) {
      const position = Number(packet.pts);
      // What comes before the first sample is the encoder's run-up.
      if (position < 0) packet.unref();
      else if (this.#file) this.#file.writeAudio(packet, position);
      else this.#hold(position);
    }
  }

  #hold(position: number): void {
    const kept = new Packet();
    kept.alloc();
    check(kept.ref(this.#stream.packet));
    this.#held.push({ packet: kept, position });
    this.#stream.packet.unref();
  }
}

const startCode = Buffer.of(0, 0, 0, 1);
const typeMask = 0x1f;

/** The sequence and picture parameter sets (NAL unit types 7 and 8) of a key frame, as they stand there; undefined without. */
function parameterSetsOf(data: Uint8Array): Uint8Array | undefined {
  const stream = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  const found: Buffer[] = [];
  for (let at = stream.indexOf(startCode); at >= 0; ) {
    const next = stream.indexOf(startCode, at + startCode.length);
    const type = (stream[at + startCode.length] ?? 0) & typeMask;
    if (type === 7 || type === 8) found.push(stream.subarray(at, next < 0 ? stream.length : next));
    at = next;
  }
  return found.length >= 2 ? Buffer.concat(found) : undefined;
}

function check(code: number): void {
  if (code < 0) throw new ParleyError("INTERNAL", `FFmpeg's AAC encoder failed: ${code}`);
}
