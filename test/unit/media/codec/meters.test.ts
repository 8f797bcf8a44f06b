// What a codec tells of payloads without decoding them: how loud they are, and that it finds its footing afterwards.

import { beforeAll, describe, expect, it } from "vitest";
import {
  type AudioCodecName,
  createDecoder,
  createEncoder,
  prepareOpus,
} from "../../../../media/codec/index.ts";
import { fromDbov, meanSquare, toDbov } from "../../../../media/dsp/index.ts";
import { seededRandom } from "../support/lossy-network.ts";

const quietTicks = 100;
const loudTicks = 5;

/** Two seconds of the noise of a quiet room, then a voice-like sound, as payloads. */
function payloadsOf(codec: AudioCodecName, noise: number): readonly Uint8Array[] {
  const encoder = createEncoder(codec);
  const { rate } = encoder.format;
  const random = seededRandom(noise);
  const samples = rate / 50;
  return Array.from({ length: quietTicks + loudTicks }, (_, tick) => {
    const pcm = Int16Array.from({ length: samples }, (_, index) => {
      const seconds = (tick * samples + index) / rate;
      const voice =
        4000 * Math.sin(2 * Math.PI * 500 * seconds) + 1500 * Math.sin(2 * Math.PI * 3100 * seconds);
      return tick < quietTicks ? noise * (2 * random() - 1) : voice;
    });
    const out = new Uint8Array(1500);
    return out.slice(0, encoder.encode(pcm, out));
  });
}

beforeAll(() => prepareOpus());

describe("the level of a payload", () => {
  it.each(["PCMU", "PCMA", "G722", "opus"] as const)("of %s is that of its sound", (codec) => {
    const [decoder, measuring] = [createDecoder(codec), createDecoder(codec)];
    const pcm = new Int16Array(decoder.format.rate / 50);
    measuring.meter!.begin();
    payloadsOf(codec, 100).forEach((payload, tick) => {
      decoder.decode(payload, pcm);
      const level = toDbov(measuring.meter!.level(payload, 0, payload.length, Number.POSITIVE_INFINITY));
      if (tick > 5)
        expect(Math.abs(level - toDbov(meanSquare(pcm)))).toBeLessThan(codec === "G722" ? 2 : 0.01);
    });
  });

  it("of a whistle above 4 kHz is not that of silence in G.722", () => {
    const encoder = createEncoder("G722");
    const meter = createDecoder("G722").meter!;
    meter.begin();
    let level = 0;
    for (let tick = 0; tick < 10; tick += 1) {
      const pcm = Int16Array.from({ length: 320 }, (_, index) => 300 * Math.sin(0.8 * Math.PI * index));
      const out = new Uint8Array(160);
      encoder.encode(pcm, out);
      level = meter.level(out, 0, 160, fromDbov(-54));
    }
    expect(level).toBeGreaterThan(fromDbov(-54));
  });

  it("of a hiss near the limit is that of its sound in G.722", () => {
    const [decoder, measuring] = [createDecoder("G722"), createDecoder("G722")];
    const pcm = new Int16Array(320);
    measuring.meter!.begin();
    payloadsOf("G722", 45).forEach((payload, tick) => {
      decoder.decode(payload, pcm);
      const level = measuring.meter!.level(payload, 0, payload.length, fromDbov(-54));
      if (tick > 5 && tick < quietTicks)
        expect(Math.abs(toDbov(level) - toDbov(meanSquare(pcm)))).toBeLessThan(2);
    });
  });
});

describe("a decoder after payloads that were only measured", () => {
  it.each([
    ["PCMU", 16],
    ["G722", 16],
    ["G722", 60],
    ["opus", 16],
  ] as const)("is where one is that decoded them all (%s, noise %i)", (codec, noise) => {
    const [whole, resumed] = [createDecoder(codec), createDecoder(codec)];
    const samples = whole.format.rate / 50;
    const [expected, heard] = [new Int16Array(samples), new Int16Array(samples)];
    const { meter } = resumed;
    payloadsOf(codec, noise).forEach((payload, tick) => {
      whole.decode(payload, expected);
      if (tick === quietTicks / 2) meter!.begin();
      if (tick >= quietTicks / 2 && tick <= quietTicks)
        meter!.level(payload, 0, payload.length, Number.POSITIVE_INFINITY);
      if (tick === quietTicks) meter!.keep?.();
      if (tick < quietTicks / 2 || tick >= quietTicks - meter!.footing) resumed.decode(payload, heard);
      if (tick < quietTicks) return;
      const errors = expected.map((sample, index) => sample - heard[index]!);
      expect(toDbov(meanSquare(errors)) - toDbov(meanSquare(expected))).toBeLessThan(-22);
    });
  });
});
