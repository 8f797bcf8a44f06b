// Comfort noise.
import { describe, expect, it } from "vitest";
import { ComfortNoise, meanSquare, toDbov } from "../../../../media/dsp/index.ts";

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
