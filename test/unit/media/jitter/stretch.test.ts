// Samples cut out of a waveform and put into it.
import { describe, expect, it } from "vitest";
import { Stretcher } from "../../../../media/jitter/stretch.ts";

/** A tone whose period is `period` samples, over the whole buffer. */
function tone(length: number, period: number): Int16Array {
  return Int16Array.from({ length }, (_, at) => Math.round(8000 * Math.sin((2 * Math.PI * at) / period)));
}

/** The largest step between two samples of the span. */
function steepest(buffer: Int16Array, from: number, to: number): number {
  let steps = 0;
  for (let at = from + 1; at < to; at += 1) steps = Math.max(steps, Math.abs(buffer[at]! - buffer[at - 1]!));
  return steps;
}

const crossfadeMs = 5;

describe.each([8000, 16_000, 48_000])("at %i Hz", (rate) => {
  const ms = rate / 1000;
  const period = 8 * ms;
  const start = 36 * ms;
  const length = 60 * ms;
  const stretcher = new Stretcher(rate);

  it("finds the pitch period between 5 and 16 ms, ahead and behind", () => {
    const buffer = tone(start + length, period);
    expect(stretcher.periodAhead(buffer, { start, length })).toBe(period);
    expect(stretcher.periodBehind(buffer, { start, length })).toBe(period);
    expect(stretcher.longest).toBe(16 * ms);
  });

  it("finds none ahead when less than the longest period and a crossfade is at hand", () => {
    const buffer = tone(start + length, period);
    const enough = stretcher.longest + crossfadeMs * ms;
    expect(stretcher.periodAhead(buffer, { start, length: enough - 1 })).toBe(0);
    expect(stretcher.periodAhead(buffer, { start, length: enough })).toBe(period);
  });

  it("cuts a period without a trace in a tone", () => {
    const buffer = tone(start + length, period);
    const original = buffer.slice();
    const span = { start, length };
    stretcher.cut(buffer, span, period);
    expect(span.length).toBe(length - period);
    for (let at = 0; at < span.length; at += 1) {
      expect(Math.abs(buffer[start + at]! - original[start + at]!), `sample ${at}`).toBeLessThanOrEqual(2);
    }
  });

  it("inserts a period without a trace in a tone", () => {
    const buffer = new Int16Array(start + length + period);
    buffer.set(tone(start + length, period));
    const original = tone(start + length + period, period);
    const span = { start, length };
    stretcher.insert(buffer, span, period);
    expect(span.length).toBe(length + period);
    for (let at = 0; at < span.length; at += 1) {
      expect(Math.abs(buffer[start + at]! - original[start + at]!), `sample ${at}`).toBeLessThanOrEqual(2);
    }
  });

  it("fades over 5 ms where what is cut does not fit", () => {
    const buffer = new Int16Array(start + length);
    buffer.fill(8000, 0, start + 20 * ms);
    const span = { start, length };
    stretcher.cut(buffer, span, 20 * ms);
    expect(steepest(buffer, start, start + span.length)).toBeLessThanOrEqual(
      Math.ceil(8000 / (crossfadeMs * ms)) + 1,
    );
    expect(buffer[start + crossfadeMs * ms - 1]!).toBeGreaterThan(0);
    expect(buffer[start + crossfadeMs * ms]).toBe(0);
  });

  it("can cut what leaves room for the crossfade", () => {
    const count = 10 * ms;
    const shortest = count + crossfadeMs * ms;
    expect(stretcher.canCut({ start, length: shortest - 1 }, count)).toBe(false);
    expect(stretcher.canCut({ start, length: shortest }, count)).toBe(true);
  });
});
