// The measuring instruments themselves: a wrong reading here would make every audio test worthless.
import { describe, expect, it } from "vitest";
import { clicks, damagedShare, fitTones, heardTones, levelDbov, sines, snrDb } from "../../support/tones.ts";

const rate = 8000;

describe("tone levels", () => {
  it("reads a full-scale sine as −3 dBov", () => {
    const loud = sines([{ frequency: 1000, levelDbov: -3.02 }], rate);
    expect(levelDbov(loud)).toBeCloseTo(-3.01, 1);
    expect(fitTones(loud, [1000]).levels[0]).toBeCloseTo(-3.01, 1);
  });

  it("tells tones apart that are 100 Hz from one another, 40 dB from one another, in any phase", () => {
    const window = sines(
      [
        { frequency: 440, levelDbov: -12 },
        { frequency: 540, levelDbov: -52 },
      ],
      rate * 0.3,
      1234,
    );
    const { levels } = fitTones(window, [440, 540, 640]);
    expect(levels[0]).toBeCloseTo(-12, 1);
    expect(levels[1]).toBeCloseTo(-52, 0);
    expect(levels[2]).toBeLessThan(-85);
  });

  it("names exactly the tones that sound", () => {
    const window = sines(
      [
        { frequency: 500, levelDbov: -20 },
        { frequency: 1700, levelDbov: -26 },
      ],
      rate * 0.3,
    );
    const heard = heardTones(window, [500, 900, 1300, 1700]);
    expect(heard.map((tone) => tone.frequency)).toEqual([500, 1700]);
    expect(heard[1]?.levelDbov).toBeCloseTo(-26, 1);
  });

  it("a tone it is not asked for does not leak into those it is asked for", () => {
    const window = sines([{ frequency: 1000, levelDbov: -10 }], rate * 0.3);
    expect(fitTones(window, [700]).levels[0]).toBeLessThan(-70);
  });

  it("finds nothing in silence", () => {
    expect(fitTones(new Int16Array(800), [440]).levels[0]).toBe(-127);
    expect(levelDbov(new Int16Array(0))).toBe(-127);
  });
});

describe("noise and clicks", () => {
  const tone = { frequency: 440, levelDbov: -15 };

  it("measures the noise that was added", () => {
    const samples = sines([tone], rate);
    let seed = 1;
    for (let index = 0; index < samples.length; index += 1) {
      seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
      samples[index]! += Math.round(((seed >>> 16) / 65536 - 0.5) * 1000);
    }
    // Uniform noise of ±500: 500/√3 is −41 dBov.
    expect(snrDb(samples, 440)).toBeGreaterThan(25);
    expect(snrDb(samples, 440)).toBeLessThan(27);
  });

  it("counts the windows that a hole has damaged", () => {
    const samples = sines([tone], rate);
    samples.fill(0, 1650, 1800);
    expect(damagedShare(samples, 440)).toBe(0.1);
    expect(damagedShare(sines([tone], rate), 440)).toBe(0);
  });

  it("hears no click in a tone that goes on", () => {
    const joined = [...sines([tone], 1600), ...sines([tone], 1600, 1600)];
    expect(clicks(Int16Array.from(joined), [440])).toEqual([]);
  });

  it.each([
    ["a jump of phase", [...sines([tone], 1600), ...sines([tone], 1600, 1607)]],
    ["a lost packet", [...sines([tone], 1600), ...new Int16Array(160), ...sines([tone], 1440, 1760)]],
    ["a jump of level", [...sines([tone], 1600), ...sines([{ ...tone, levelDbov: -10 }], 1600, 1600)]],
  ])("hears %s where it is", (_, samples) => {
    const found = clicks(Int16Array.from(samples), [440]);
    expect(found.length).toBeGreaterThan(0);
    for (const click of found) expect(Math.abs(click.sample - 1600)).toBeLessThan(400);
  });
});
