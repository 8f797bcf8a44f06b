import { describe, expect, it } from "vitest";
import { Resampler } from "../../../../media/dsp/resample.ts";

const pairs = [
  [8000, 16_000],
  [8000, 48_000],
  [16_000, 48_000],
  [16_000, 8000],
  [48_000, 8000],
  [48_000, 16_000],
] as const;

/** All of `input` at once, aligned in time: the filter's delay is taken out. */
function resample(input: Int16Array, fromRate: number, toRate: number): Int16Array {
  const resampler = new Resampler(fromRate, toRate);
  const down = Math.max(1, fromRate / toRate);
  const lead = Math.ceil((resampler.delay * fromRate) / toRate);
  const padded = new Int16Array(Math.ceil((input.length + lead) / down) * down);
  padded.set(input);
  const output = new Int16Array((padded.length * toRate) / fromRate);
  resampler.process(padded, output);
  const length = Math.floor((input.length * toRate) / fromRate);
  return output.slice(resampler.delay, resampler.delay + length);
}

const sine = (frequency: number, rate: number, seconds = 0.5, amplitude = 16_000): Int16Array =>
  Int16Array.from({ length: rate * seconds }, (_, n) =>
    Math.round(amplitude * Math.sin((2 * Math.PI * frequency * n) / rate)),
  );

/** Amplitude of one frequency in the middle of the signal, seen through a Hann window. */
function amplitudeAt(pcm: Int16Array, frequency: number, rate: number): number {
  const margin = Math.floor(pcm.length / 10);
  const count = pcm.length - 2 * margin;
  let re = 0;
  let im = 0;
  for (let n = 0; n < count; n += 1) {
    const window = 1 - Math.cos((2 * Math.PI * n) / count);
    const angle = (2 * Math.PI * frequency * n) / rate;
    re += (pcm[margin + n] as number) * window * Math.cos(angle);
    im += (pcm[margin + n] as number) * window * Math.sin(angle);
  }
  return (2 * Math.hypot(re, im)) / count;
}

const decibel = (ratio: number): number => 20 * Math.log10(ratio);

/** The loudest of `frequencies`, relative to the tone that went in. */
const loudestDb = (pcm: Int16Array, frequencies: readonly number[], rate: number): number =>
  decibel(Math.max(...frequencies.map((frequency) => amplitudeAt(pcm, frequency, rate))) / 16_000);

/** Where the images of `frequency` appear when a signal at `from` is raised to `to`. */
function imagesOf(frequency: number, from: number, to: number): number[] {
  const images: number[] = [];
  for (let centre = from; centre - frequency < to / 2; centre += from) {
    images.push(centre - frequency, centre + frequency);
  }
  return images.filter((image) => image < to / 2);
}

/** Where `frequency` would appear at the lower rate. */
const aliasOf = (frequency: number, rate: number): number =>
  Math.abs(frequency - rate * Math.round(frequency / rate));

describe("resampler", () => {
  it.each(pairs)("%i → %i Hz is flat within 0.5 dB up to 0.85 of the lower Nyquist frequency", (from, to) => {
    const nyquist = Math.min(from, to) / 2;
    for (const share of [0.05, 0.3, 0.6, 0.85]) {
      const frequency = Math.round((nyquist * share) / 50) * 50;
      const gain = decibel(amplitudeAt(resample(sine(frequency, from), from, to), frequency, to) / 16_000);
      expect(Math.abs(gain), `${frequency} Hz`).toBeLessThan(0.5);
    }
  });

  it.each(pairs.filter(([from, to]) => to > from))("%i → %i Hz leaves no image above −60 dB", (from, to) => {
    for (const frequency of [300, 1000, from * 0.4]) {
      const raised = resample(sine(frequency, from), from, to);
      expect(loudestDb(raised, imagesOf(frequency, from, to), to), `${frequency} Hz`).toBeLessThan(-60);
    }
  });

  it.each(pairs.filter(([from, to]) => to < from))(
    "%i → %i Hz folds nothing back above −60 dB",
    (from, to) => {
      for (const frequency of [to / 2 + 50, to * 0.62, to * 0.9]) {
        const folded = resample(sine(frequency, from), from, to);
        expect(loudestDb(folded, [aliasOf(frequency, to)], to), `${frequency} Hz`).toBeLessThan(-60);
      }
    },
  );

  it("gives the same in 20 ms frames as at once, delayed by what it says", () => {
    const input = sine(700, 48_000);
    const whole = resample(input, 48_000, 8000);
    const streaming = new Resampler(48_000, 8000);
    const frames = new Int16Array(whole.length);
    for (let at = 0; at < input.length; at += 960) {
      const written = streaming.process(input.subarray(at, at + 960), frames.subarray(at / 6));
      expect(written).toBe(160);
    }
    expect(frames.subarray(streaming.delay)).toEqual(whole.subarray(0, whole.length - streaming.delay));
  });

  it("keeps time: an impulse comes out where it went in", () => {
    for (const [from, to] of pairs) {
      const input = new Int16Array(from / 10);
      input[from / 20] = 20_000;
      const output = resample(input, from, to);
      expect(output.indexOf(output.reduce((a, b) => Math.max(a, b))), `${from} → ${to}`).toBe(to / 20);
    }
  });

  it("saturates instead of wrapping around on a full-scale square wave", () => {
    const square = Int16Array.from({ length: 800 }, (_, n) => (n % 16 < 8 ? 32_767 : -32_768));
    const output = resample(square, 8000, 48_000);
    for (let n = 1; n < output.length; n += 1) {
      expect(Math.abs((output[n] as number) - (output[n - 1] as number))).toBeLessThan(50_000);
    }
  });

  it("forgets the past on reset", () => {
    const resampler = new Resampler(16_000, 8000);
    resampler.process(sine(500, 16_000, 0.1), new Int16Array(800));
    resampler.reset();
    const output = new Int16Array(160).fill(1);
    resampler.process(new Int16Array(320), output);
    expect(output.every((sample) => sample === 0)).toBe(true);
  });

  it("refuses rates that stand in no whole-number ratio, and frames that do not divide", () => {
    expect(() => new Resampler(44_100, 8000)).toThrow(RangeError);
    expect(() => new Resampler(48_000, 8000).process(new Int16Array(7), new Int16Array(7))).toThrow(
      RangeError,
    );
  });
});
