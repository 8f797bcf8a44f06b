// Sound as numbers: G.711, levels, speech, the mixer's arithmetic.
import { describe, expect, it } from "vitest";
import { pcma, pcmu } from "../../../../media/codec/index.ts";
import {
  ComfortNoise,
  clipInto,
  fade,
  fromDbov,
  meanSquare,
  SpeechDetector,
  softClip,
  toDbov,
} from "../../../../media/dsp/index.ts";
import { Mixer } from "../../../../media/mixer/index.ts";
import { Tone } from "../support/tones.ts";

const allCodes = Uint8Array.from({ length: 256 }, (_, code) => code);
const allSamples = Int16Array.from({ length: 65_536 }, (_, index) => index - 32_768);

function codesOf(codec: typeof pcmu, ...samples: number[]): number[] {
  const out = new Uint8Array(samples.length);
  codec.encode(Int16Array.from(samples), out);
  return [...out];
}

describe("G.711", () => {
  it("has the codes of the standard at the ends and around zero", () => {
    expect(codesOf(pcmu, 0, -1, 32_767, -32_768, 1000, -1000)).toEqual([0xff, 0x7f, 0x80, 0x00, 0xce, 0x4e]);
    expect(codesOf(pcma, 0, -1, 32_767, -32_768, 1000, -1000)).toEqual([0xd5, 0x55, 0xaa, 0x2a, 0xfa, 0x7a]);
  });

  it("has the loudest samples of the standard", () => {
    const pcm = new Int16Array(256);
    pcmu.decode(allCodes, pcm);
    expect([pcm[0x80], pcm[0x00], pcm[0xff], pcm[0x7f]]).toEqual([32_124, -32_124, 0, 0]);
    pcma.decode(allCodes, pcm);
    expect([pcm[0xaa], pcm[0x2a], pcm[0xd5], pcm[0x55]]).toEqual([32_256, -32_256, 8, -8]);
  });

  it.each([
    ["PCMU", pcmu],
    ["PCMA", pcma],
  ])("%s encodes what it decoded as it was, and every sample to a step beside it", (name, codec) => {
    const steps = new Int16Array(256);
    codec.decode(allCodes, steps);
    const codes = new Uint8Array(256);
    codec.encode(steps, codes);
    const changed = [...allCodes].filter((code) => codes[code] !== code);
    // μ-law knows two zeros, of which one is sent.
    expect(changed).toEqual(name === "PCMU" ? [0x7f] : []);

    const encoded = new Uint8Array(65_536);
    const decoded = new Int16Array(65_536);
    codec.encode(allSamples, encoded);
    codec.decode(encoded, decoded);
    const sorted = [...steps].sort((a, b) => a - b);
    allSamples.forEach((sample, index) => {
      if (sample < sorted[0]! || sample > sorted[255]!) return;
      const above = sorted.find((step) => step >= sample)!;
      const below = sorted.findLast((step) => step <= sample)!;
      const got = decoded[index]!;
      if (got !== above && got !== below) throw new Error(`${sample} → ${got}`);
      if (index > 0 && got < decoded[index - 1]!) throw new Error(`not monotonic at ${sample}`);
    });
  });
});

describe("levels", () => {
  it("are dBov: a full square wave is 0, a full sine −3, silence −127", () => {
    expect(toDbov(meanSquare(Int16Array.from([-32_768, -32_768])))).toBe(0);
    expect(toDbov(meanSquare(new Tone(1000, 32_767).next(800)))).toBeCloseTo(-3, 1);
    expect(toDbov(meanSquare(new Int16Array(160)))).toBe(-127);
    expect(toDbov(fromDbov(-42))).toBeCloseTo(-42, 6);
  });
});

describe("speech", () => {
  const run = (detector: SpeechDetector, dbov: number, ms: number) => {
    for (let at = 0; at < ms; at += 20) detector.update(fromDbov(dbov));
  };

  it("is summed from its first frame, told after three, and held through pauses between words", () => {
    const detector = new SpeechDetector(20);
    run(detector, -65, 1000);
    expect(detector.audible).toBe(false);
    run(detector, -25, 20);
    expect([detector.audible, detector.talking, detector.recently]).toEqual([true, false, true]);
    run(detector, -25, 60);
    expect(detector.talking).toBe(true);
    run(detector, -65, 500);
    expect(detector.talking).toBe(true);
    run(detector, -65, 200);
    expect([detector.audible, detector.talking, detector.recently]).toEqual([false, false, true]);
    run(detector, -65, 1400);
    expect(detector.recently).toBe(false);
  });

  it("is not the noise of a room, once that is known", () => {
    const detector = new SpeechDetector(20);
    run(detector, -50, 20_000);
    expect(detector.audible).toBe(false);
    run(detector, -30, 100);
    expect(detector.talking).toBe(true);
  });

  it("is anything as loud as speech, for as long as it lasts", () => {
    const detector = new SpeechDetector(20);
    run(detector, -36, 120_000);
    expect(detector.talking).toBe(true);
  });

  it("is not a dead line", () => {
    const detector = new SpeechDetector(20);
    for (let at = 0; at < 100; at += 1) detector.update(0);
    expect(detector.audible).toBe(false);
  });
});

describe("the mixer", () => {
  it("is exact below the knee, and leaves nothing of one's own voice", () => {
    const frames = [500, 900, 1300].map((hertz) => new Tone(hertz, 7000).next(160));
    const mixer = new Mixer(160);
    for (const frame of frames) mixer.add(frame);
    const out = new Int16Array(160);
    const wide = new Int32Array(160);
    mixer.all(out);
    expect([...out]).toEqual([...frames[0]!].map((sample, at) => sample + frames[1]![at]! + frames[2]![at]!));
    mixer.without(frames[1]!, wide);
    expect([...wide]).toEqual([...frames[0]!].map((sample, at) => sample + frames[2]![at]!));
    mixer.clear();
    mixer.all(out);
    expect([mixer.sources, ...new Set(out)]).toEqual([0, 0]);
  });

  it("bends what is too loud and never wraps", () => {
    let last = Number.NEGATIVE_INFINITY;
    for (let sample = -200_000; sample <= 200_000; sample += 371) {
      const clipped = softClip(sample);
      expect(clipped).toBeGreaterThanOrEqual(last);
      expect(Math.abs(clipped)).toBeLessThanOrEqual(32_767);
      if (Math.abs(sample) < 23_000) expect(clipped).toBe(sample);
      last = clipped;
    }
    const out = new Int16Array(2);
    clipInto(Int32Array.from([32_767 * 40, -32_768 * 40]), out);
    expect(out[0]).toBeGreaterThan(32_000);
    expect(out[1]).toBeLessThan(-32_000);
  });

  it("fades in from nothing and out to nothing", () => {
    const frame = new Int16Array(160).fill(1000);
    fade(frame, "in", 40);
    expect([frame[0], frame[39], frame[159]]).toEqual([25, 1000, 1000]);
    fade(frame, "out", 40);
    expect([frame[39], frame[40], frame[159]]).toEqual([0, 0, 0]);
  });
});

describe("comfort noise", () => {
  it("is faint, steady and without a mean", () => {
    const noise = new ComfortNoise(8000);
    const frame = new Int16Array(8000 * 5);
    noise.fill(frame);
    expect(toDbov(meanSquare(frame))).toBeCloseTo(-66, 0);
    expect(Math.abs(frame.reduce((sum, sample) => sum + sample, 0) / frame.length)).toBeLessThan(0.5);
  });

  it("begins at the same place in every room, however far another room has come", () => {
    const [first, second] = [new ComfortNoise(16_000), new ComfortNoise(16_000)];
    const [one, other] = [new Int16Array(320), new Int16Array(320)];
    first.fill(one);
    first.fill(other);
    second.fill(other);
    expect(other).toEqual(one);
  });
});
