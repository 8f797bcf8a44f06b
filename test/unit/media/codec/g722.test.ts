// G.722 against FFmpeg's: every bit the same, for tones, noise, silence, full scale and random bytes.
import { AV_CHANNEL_LAYOUT_MONO, AV_CODEC_ID_ADPCM_G722, AV_SAMPLE_FMT_S16 } from "node-av/constants";
import { Codec, CodecContext, Frame, Packet } from "node-av/lib";
import { describe, expect, it } from "vitest";
import { createDecoder, createEncoder } from "../../../../media/codec/index.ts";
import { G722Decoder as FfmpegDecoder } from "../../../../media/playback/g722.ts";
import { seededRandom } from "../support/lossy-network.ts";

const rate = 16_000;
const frame = 320;

function ffmpegEncode(pcm: Int16Array): Uint8Array {
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

const random = seededRandom(722);
const signals: Record<string, (index: number) => number> = {
  "a sweep": (index) => 12_000 * Math.sin(index * index * 0.00002),
  noise: () => (random() - 0.5) * 30_000,
  "digital silence": () => 0,
  "a square wave at full scale": (index) => (index % 40 < 20 ? 32_767 : -32_768),
  "a faint tone": (index) => 20 * Math.sin(index * 0.3),
};

describe("G.722", () => {
  it.each(Object.keys(signals))("encodes and decodes %s as FFmpeg does", (name) => {
    const pcm = Int16Array.from({ length: 100 * frame }, (_, index) => signals[name]!(index));
    const encoded = new Uint8Array(pcm.length / 2);
    const encoder = createEncoder("G722");
    for (let at = 0; at < pcm.length; at += frame) {
      encoder.encode(pcm.subarray(at, at + frame), encoded.subarray(at / 2));
    }
    expect(encoded).toEqual(ffmpegEncode(pcm));
    expect(decode(encoded)).toEqual(ffmpegDecode(encoded));
  });

  it("decodes random bytes as FFmpeg does", () => {
    const bytes = Uint8Array.from({ length: 20_000 }, () => random() * 256);
    expect(decode(bytes)).toEqual(ffmpegDecode(bytes));
  });
});

function decode(bytes: Uint8Array): Int16Array {
  const pcm = new Int16Array(2 * bytes.length);
  const decoder = createDecoder("G722");
  for (let at = 0; at < bytes.length; at += 160) {
    decoder.decode(bytes.subarray(at, at + 160), pcm.subarray(2 * at));
  }
  return pcm;
}

function ffmpegDecode(bytes: Uint8Array): Int16Array {
  const decoder = new FfmpegDecoder();
  try {
    return decoder.decode(Buffer.from(bytes));
  } finally {
    decoder.free();
  }
}
