// The soft clip at the end of a mix: transparent up to its knee, and a curve without a corner above it.
import { describe, expect, it } from "vitest";
import { clipInto, softClip } from "../../../../media/dsp/index.ts";

/** −3 dBFS: 32768 · 10^(−3/20). */
const knee = 23_197;
const fullScale = 32_767;

describe("the soft clip", () => {
  it("passes every sample up to −3 dBFS as it is, of either sign, and bends the next", () => {
    for (const sample of [0, 1, 12_000, 23_196, knee]) {
      expect(softClip(sample)).toBe(sample);
      expect(softClip(-sample)).toBe(-sample);
    }
    expect(softClip(knee + 100)).toBeLessThan(knee + 100);
    expect(softClip(-knee - 100)).toBeGreaterThan(-knee - 100);
  });

  it("has no corner at the knee: the slope there is one", () => {
    expect(softClip(knee + 1) - softClip(knee)).toBeCloseTo(1, 3);
    expect(softClip(knee + 10) - softClip(knee)).toBeCloseTo(10, 1);
  });

  it("goes halfway to full scale where the excess is as large as what is left, and never beyond", () => {
    expect(softClip(fullScale)).toBeCloseTo((knee + fullScale) / 2, 6);
    expect(softClip(-fullScale)).toBeCloseTo(-(knee + fullScale) / 2, 6);
    expect(softClip(200 * fullScale)).toBeLessThan(fullScale);
    expect(softClip(200 * fullScale)).toBeGreaterThan(fullScale - 20);
  });

  it("rises with what it is given, so that the louder of two stays louder", () => {
    let before = -1;
    for (let sample = 0; sample < 4 * fullScale; sample += 7) {
      const clipped = softClip(sample);
      expect(clipped).toBeGreaterThan(before);
      before = clipped;
    }
  });

  it("is what a sum passes through", () => {
    const out = new Int16Array(4);
    clipInto(Int32Array.of(knee, fullScale, -2 * fullScale, -5), out);
    expect([...out]).toEqual([knee, 27_982, -Math.trunc(softClip(2 * fullScale)), -5]);
  });
});
