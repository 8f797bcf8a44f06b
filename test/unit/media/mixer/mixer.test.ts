// The exact sum, N−1 and the soft clip.
import { describe, expect, it } from "vitest";
import { clipInto, fade, softClip } from "../../../../media/dsp/index.ts";
import { Mixer } from "../../../../media/mixer/index.ts";
import { Tone } from "../support/tones.ts";

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
