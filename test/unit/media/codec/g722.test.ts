// G.722 against FFmpeg's: every bit the same, for tones, noise, silence, full scale and random bytes.
import { describe, expect, it } from "vitest";
import { createDecoder, createEncoder } from "../../../../media/codec/index.ts";
import { ffmpegDecode, ffmpegEncode, frame } from "../support/ffmpeg-g722.ts";
import { seededRandom } from "../support/lossy-network.ts";

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
