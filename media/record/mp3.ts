// MP3 by FFmpeg's LAME in process: mono, constant bit rate, no bit reservoir. So every frame stands by itself, all
// are of the same length, and a file that is cut off anywhere plays up to its last whole frame. Long silence is
// not encoded again and again: it is one frame, repeated. Must be freed.
import {
  AV_CHANNEL_LAYOUT_MONO,
  AV_CODEC_ID_MP3,
  AV_OPT_SEARCH_CHILDREN,
  AV_OPT_TYPE_STRING,
  AV_SAMPLE_FMT_S16P,
} from "node-av/constants";
import { Codec, Rational } from "node-av/lib";
import { ParleyError } from "#common";
import { FfmpegStream } from "../codec/index.ts";
import { ticksPerSecond } from "../tick.ts";
import type { Encoding } from "./encoding.ts";
import type { RecordingOutput } from "./output.ts";

/** After so many frames of silence the encoder says nothing else. */
const settledFrames = 8;

export class Mp3Encoding implements Encoding {
  readonly #stream: FfmpegStream;
  /** Samples of one MP3 frame, and how many of the next are there. */
  readonly #pcm: Int16Array;
  #collected = 0;
  #samplesSent = 0;
  readonly #silentTick: Int16Array;
  /** Whole frames of nothing but silence, just now. */
  #silentFrames = 0;
  #sounds = false;
  /** The last one the encoder made. */
  #lastPacket: Uint8Array = new Uint8Array(0);

  constructor({ rate, kbps }: { readonly rate: number; readonly kbps: number }) {
    const codec = Codec.findEncoder(AV_CODEC_ID_MP3);
    if (!codec) throw new ParleyError("INTERNAL", "FFmpeg has no MP3 encoder");
    this.#stream = new FfmpegStream(codec);
    const { context, frame } = this.#stream;
    context.sampleRate = rate;
    context.bitRate = BigInt(kbps * 1000);
    context.sampleFormat = AV_SAMPLE_FMT_S16P;
    context.channelLayout = AV_CHANNEL_LAYOUT_MONO;
    context.timeBase = new Rational(1, rate);
    try {
      check(context.setOption("reservoir", "0", AV_OPT_TYPE_STRING, AV_OPT_SEARCH_CHILDREN));
      check(context.open2Sync(codec));
      frame.nbSamples = context.frameSize;
      frame.format = AV_SAMPLE_FMT_S16P;
      frame.sampleRate = rate;
      frame.channelLayout = AV_CHANNEL_LAYOUT_MONO;
      check(frame.getBuffer());
    } catch (error) {
      this.free();
      throw error;
    }
    this.#pcm = new Int16Array(context.frameSize);
    this.#silentTick = new Int16Array(rate / ticksPerSecond);
  }

  head(): undefined {
    return undefined;
  }

  encode(samples: Int16Array, out: RecordingOutput): void {
    this.#take(samples, true, out);
  }

  silence(frames: number, out: RecordingOutput): void {
    const tick = this.#silentTick;
    let left = frames * tick.length;
    while (left > 0) {
      const whole = Math.floor(left / this.#pcm.length);
      if (this.#collected === 0 && this.#silentFrames >= settledFrames && whole > 0) {
        for (let frame = 0; frame < whole; frame += 1) out.add(this.#lastPacket);
        left -= whole * this.#pcm.length;
      } else {
        // Up to a frame's boundary: only from there can frames be left out.
        const samples = Math.min(left, tick.length, this.#pcm.length - this.#collected);
        this.#take(tick.subarray(0, samples), false, out);
        left -= samples;
      }
    }
  }

  finish(out: RecordingOutput): void {
    if (this.#collected > 0) {
      this.#take(new Int16Array(this.#pcm.length - this.#collected), false, out);
    }
    check(this.#stream.context.sendFrameSync(null));
    this.#receive(out);
  }

  free(): void {
    this.#stream.free();
  }

  #take(samples: Int16Array, sounds: boolean, out: RecordingOutput): void {
    for (let taken = 0; taken < samples.length; ) {
      const part = samples.subarray(taken, taken + this.#pcm.length - this.#collected);
      this.#pcm.set(part, this.#collected);
      this.#collected += part.length;
      taken += part.length;
      this.#sounds ||= sounds;
      if (this.#collected === this.#pcm.length) this.#encodeFrame(out);
    }
  }

  #encodeFrame(out: RecordingOutput): void {
    const { context, frame } = this.#stream;
    check(frame.makeWritable());
    const plane = frame.data?.[0];
    if (!plane) throw new ParleyError("INTERNAL", "FFmpeg gave a frame without samples");
    plane.set(new Uint8Array(this.#pcm.buffer, this.#pcm.byteOffset, this.#pcm.byteLength));
    frame.pts = BigInt(this.#samplesSent);
    this.#samplesSent += this.#pcm.length;
    check(context.sendFrameSync(frame));
    this.#silentFrames = this.#sounds ? 0 : this.#silentFrames + 1;
    this.#sounds = false;
    this.#collected = 0;
    this.#receive(out);
  }

  #receive(out: RecordingOutput): void {
    const { context, packet } = this.#stream;
    while (context.receivePacketSync(packet) >= 0) {
      const { data } = packet;
      if (data) {
        this.#lastPacket = Uint8Array.from(data);
        out.add(this.#lastPacket);
      }
      packet.unref();
    }
  }
}

function check(code: number): void {
  if (code < 0) throw new ParleyError("INTERNAL", `FFmpeg's MP3 encoder failed: ${code}`);
}
