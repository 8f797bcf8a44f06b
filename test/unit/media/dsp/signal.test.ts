// A signal that can be had at other rates, and what it remembers.
import { describe, expect, it } from "vitest";
import { Signal } from "../../../../media/dsp/index.ts";

const rate = 8000;
const memory = 3;

function fill(signal: Signal, tick: number, value: number): void {
  signal.next(tick).fill(value);
}

describe("a signal", () => {
  it("knows its past frames without a gap, as many as it keeps", () => {
    const signal = new Signal(rate, memory);
    for (let tick = 0; tick < 6; tick += 1) {
      fill(signal, tick, tick);
      expect(signal.known).toBe(Math.min(tick, memory));
    }
    expect([0, 1, 2, 3].map((ago) => signal.past(ago)[0])).toEqual([5, 4, 3, 2]);
    fill(signal, 7, 7);
    expect([signal.known, signal.tick, signal.frame[0]]).toEqual([0, 7, 7]);
  });

  it("is itself at its own rate, and converted once a tick at another", () => {
    const signal = new Signal(rate, memory);
    fill(signal, 0, 1000);
    expect(signal.at(rate)).toBe(signal);
    const wide = signal.at(16_000);
    expect([wide.rate, wide.frame.length, wide.tick]).toEqual([16_000, 320, 0]);
    const converted = wide.frame.slice();
    signal.frame.fill(0);
    expect(signal.at(16_000)).toBe(wide);
    expect(wide.frame).toEqual(converted);
  });

  it("is the same at another rate whether that was asked for all along or only now", () => {
    const asked = new Signal(rate, 10);
    const late = new Signal(rate, 10);
    const sample = (at: number) => Math.round(9000 * Math.sin((2 * Math.PI * 440 * at) / rate));
    for (let tick = 0; tick < 10; tick += 1) {
      for (const signal of [asked, late]) {
        const frame = signal.next(tick);
        for (let at = 0; at < frame.length; at += 1) frame[at] = sample(tick * frame.length + at);
      }
      asked.at(16_000);
    }
    expect(late.at(16_000).frame).toEqual(asked.at(16_000).frame);
    expect(late.at(16_000).known).toBe(9);
  });

  it("begins again at another rate after a gap there, with the past that it has", () => {
    const signal = new Signal(rate, memory);
    fill(signal, 0, 5000);
    signal.at(16_000);
    for (let tick = 1; tick < 5; tick += 1) fill(signal, tick, 0);
    expect(signal.at(16_000).frame.every((value) => value === 0)).toBe(true);
    expect(signal.at(16_000).known).toBe(memory);
  });
});
