// FFmpeg's G.722 (ITU-T G.722 mode 1, 16 kHz), the reference that our own codec is compared with.
import { AV_CHANNEL_LAYOUT_MONO, AV_CODEC_ID_ADPCM_G722, AV_SAMPLE_FMT_S16 } from "node-av/constants";
import { Codec, CodecContext, Frame, Packet } from "node-av/lib";
import { expect } from "vitest";
import { FfmpegStream } from "../../../../media/codec/index.ts";

const rate = 16_000;
/** Samples that the encoder takes at once. */
export const frame = 320;
const samplesPerByte = 2;

/** `pcm`: whole frames. */
export function ffmpegEncode(pcm: Int16Array): Uint8Array {
  const codec = Codec.findEncoder(AV_CODEC_ID_ADPCM_G722)!;
  const context = new CodecContext();
  context.allocContext3(codec);
  context.sampleRate = rate;
  context.channelLayout = AV_CHANNEL_LAYOUT_MONO;
  context.sampleFormat = AV_SAMPLE_FMT_S16;
  const input = new Frame();
  const packet = new Packet();
  try {
    expect(context.open2Sync(codec)).toBe(0);
    packet.alloc();
    input.alloc();
    input.nbSamples = frame;
    input.format = AV_SAMPLE_FMT_S16;
    input.sampleRate = rate;
    input.channelLayout = AV_CHANNEL_LAYOUT_MONO;
    expect(input.getBuffer(0)).toBe(0);
    const encoded: Buffer[] = [];
    for (let at = 0; at < pcm.length; at += frame) {
      expect(input.fromBuffer(Buffer.from(pcm.buffer, 2 * at, 2 * frame))).toBeGreaterThanOrEqual(0);
      expect(context.sendFrameSync(input)).toBe(0);
      while (context.receivePacketSync(packet) >= 0) {
        encoded.push(Buffer.from(packet.data!));
        packet.unref();
      }
    }
    return new Uint8Array(Buffer.concat(encoded));
  } finally {
    input.free();
    packet.free();
    context.freeContext();
  }
}

export function ffmpegDecode(bytes: Uint8Array): Int16Array {
  const decoder = new FfmpegDecoder();
  try {
    return decoder.decode(bytes);
  } finally {
    decoder.free();
  }
}

class FfmpegDecoder {
  readonly #stream: FfmpegStream;

  constructor() {
    const codec = Codec.findDecoder(AV_CODEC_ID_ADPCM_G722);
    if (!codec) throw new Error("FFmpeg has no G.722 decoder");
    this.#stream = new FfmpegStream(codec);
    const { context } = this.#stream;
    context.sampleRate = rate;
    context.channelLayout = AV_CHANNEL_LAYOUT_MONO;
    const opened = context.open2Sync(codec);
    if (opened < 0) {
      this.free();
      throw new Error(`FFmpeg cannot open its G.722 decoder: ${opened}`);
    }
  }

  /** Two samples a byte; fewer when the decoder gave up. */
  decode(bytes: Uint8Array): Int16Array {
    const { context, packet, frame } = this.#stream;
    const pcm = new Int16Array(bytes.length * samplesPerByte);
    packet.data = Buffer.from(bytes);
    const sent = context.sendPacketSync(packet);
    packet.unref();
    let written = 0;
    if (sent < 0) return pcm.subarray(0, 0);
    while (context.receiveFrameSync(frame) >= 0) {
      const plane = frame.data?.[0];
      const samples = Math.min(frame.nbSamples, pcm.length - written);
      for (let index = 0; plane && index < samples; index += 1) {
        pcm[written + index] = plane.readInt16LE(2 * index);
      }
      written += samples;
      frame.unref();
    }
    return pcm.subarray(0, written);
  }

  free(): void {
    this.#stream.free();
  }
}
