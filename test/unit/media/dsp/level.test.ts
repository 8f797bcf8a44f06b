// Levels in dBov.
import { describe, expect, it } from "vitest";
import { fromDbov, meanSquare, toDbov } from "../../../../media/dsp/index.ts";
import { Tone } from "../support/tones.ts";

describe("levels", () => {
  it("are dBov: a full square wave is 0, a full sine −3, silence −127", () => {
    expect(toDbov(meanSquare(Int16Array.from([-32_768, -32_768])))).toBe(0);
    expect(toDbov(meanSquare(new Tone(1000, 32_767).next(800)))).toBeCloseTo(-3, 1);
    expect(toDbov(meanSquare(new Int16Array(160)))).toBe(-127);
    expect(toDbov(fromDbov(-42))).toBeCloseTo(-42, 6);
  });
});
