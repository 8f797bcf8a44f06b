// Two tones in a block of samples: how near the fit comes, and what it leaves.
import { describe, expect, it } from "vitest";
import { TonePair } from "../../../../media/dsp/tone-pair.ts";

const rate = 8000;
const samples = 160;
const omega = (hertz: number) => (2 * Math.PI * hertz) / rate;
const hertz = (radians: number) => (radians * rate) / (2 * Math.PI);

interface Sound {
  readonly hertz: number;
  readonly amplitude: number;
  readonly phase?: number;
}

function block(...sounds: readonly Sound[]): Float64Array {
  return Float64Array.from({ length: samples }, (_, at) =>
    sounds.reduce(
      (sum, { hertz: frequency, amplitude, phase = 0.3 }) =>
        sum + amplitude * Math.sin(omega(frequency) * at + phase),
      0,
    ),
  );
}

const energy = (of: Float64Array) => of.reduce((sum, value) => sum + value * value, 0);

describe("two tones near two frequencies", () => {
  it.each([
    ["exactly there", 770, 1336],
    ["one per cent off, to either side", 777, 1322],
  ])("are found %s, with their levels", (_, low, high) => {
    const pair = new TonePair(samples);
    const heard = block({ hertz: low, amplitude: 4000 }, { hertz: high, amplitude: 3000, phase: 1.1 });
    pair.fit(heard, omega(770), omega(1336), true);
    expect(hertz(pair.low.omega)).toBeCloseTo(low, -1);
    expect(hertz(pair.high.omega)).toBeCloseTo(high, -1);
    expect(pair.lowMeanSquare / (4000 ** 2 / 2)).toBeCloseTo(1, 1);
    expect(pair.highMeanSquare / (3000 ** 2 / 2)).toBeCloseTo(1, 1);
    expect(pair.residual).toBeLessThan(energy(heard) / 100);
  });

  it("are found too when the higher one is much louder, and is taken first", () => {
    const pair = new TonePair(samples);
    const heard = block({ hertz: 770, amplitude: 1000 }, { hertz: 1336, amplitude: 8000, phase: 2 });
    pair.fit(heard, omega(770), omega(1336), false);
    expect(pair.lowMeanSquare / (1000 ** 2 / 2)).toBeCloseTo(1, 0);
    expect(pair.residual).toBeLessThan(energy(heard) / 100);
  });

  it("leave what else is in the block, which is seen at its own frequency", () => {
    const pair = new TonePair(samples);
    const third = { hertz: 2500, amplitude: 2000 };
    const heard = block({ hertz: 770, amplitude: 4000 }, { hertz: 1336, amplitude: 4000 }, third);
    pair.fit(heard, omega(770), omega(1336), true);
    expect(pair.residual / energy(block(third))).toBeCloseTo(1, 0);
    expect(pair.leftAt(omega(2500)) / (third.amplitude ** 2 / 2)).toBeCloseTo(1, 0);
    expect(pair.leftAt(omega(770))).toBeLessThan(4000 ** 2 / 200);
  });
});
