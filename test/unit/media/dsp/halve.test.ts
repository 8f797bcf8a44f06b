// Half the rate: what is kept of the lowest quarter, what is left of what folds into it, and that frames join.
import { describe, expect, it } from "vitest";
import { Halver } from "../../../../media/dsp/index.ts";
import { Tone, toneLevel } from "../support/tones.ts";

/** The level of a tone of 16 kHz at `heard` Hz afterwards, dB against itself. */
function gain(hertz: number, heard = hertz): number {
  const halver = new Halver(320);
  const tone = new Tone(hertz, 8000, 16_000);
  const out = new Int16Array(8000);
  for (let at = 0; at < out.length; at += 160) halver.process(tone.next(320), out.subarray(at, at + 160));
  const same = new Tone(heard, 8000).next(8000);
  return toneLevel(out.subarray(160), heard) - toneLevel(same, heard);
}

describe("half the rate", () => {
  it.each([697, 941, 1209, 1633])("keeps %i Hz", (hertz) => {
    expect(gain(hertz)).toBeGreaterThan(-0.4);
    expect(gain(hertz)).toBeLessThan(0.1);
  });

  it.each([697, 941, 1209, 1633])("lets nothing that folds onto %i Hz through", (hertz) => {
    expect(gain(8000 - hertz, hertz)).toBeLessThan(-28);
  });

  it("does not overflow", () => {
    const halver = new Halver(320);
    const half = new Int16Array(160);
    for (let frame = 0; frame < 3; frame += 1) {
      halver.process(
        Int16Array.from({ length: 320 }, (_, at) => (at % 8 < 4 ? 32_767 : -32_768)),
        half,
      );
    }
    expect([Math.max(...half), Math.min(...half)]).toEqual([32_767, -32_768]);
  });
});
