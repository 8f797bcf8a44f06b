// Whether somebody speaks.
import { describe, expect, it } from "vitest";
import { fromDbov, SpeechDetector } from "../../../../media/dsp/index.ts";

describe("speech", () => {
  const run = (detector: SpeechDetector, dbov: number, ms: number) => {
    for (let at = 0; at < ms; at += 20) detector.update(fromDbov(dbov));
  };

  it("is summed from its first frame, told after three, and held through pauses between words", () => {
    const detector = new SpeechDetector(20);
    run(detector, -65, 1000);
    expect(detector.audible).toBe(false);
    run(detector, -25, 20);
    expect([detector.audible, detector.talking, detector.recently]).toEqual([true, false, true]);
    run(detector, -25, 60);
    expect(detector.talking).toBe(true);
    run(detector, -65, 500);
    expect(detector.talking).toBe(true);
    run(detector, -65, 200);
    expect([detector.audible, detector.talking, detector.recently]).toEqual([false, false, true]);
    run(detector, -65, 1400);
    expect(detector.recently).toBe(false);
  });

  it("is not the noise of a room, once that is known", () => {
    const detector = new SpeechDetector(20);
    run(detector, -50, 20_000);
    expect(detector.audible).toBe(false);
    run(detector, -30, 100);
    expect(detector.talking).toBe(true);
  });

  it("is anything as loud as speech, for as long as it lasts", () => {
    const detector = new SpeechDetector(20);
    run(detector, -36, 120_000);
    expect(detector.talking).toBe(true);
  });

  it("is not a dead line", () => {
    const detector = new SpeechDetector(20);
    for (let at = 0; at < 100; at += 1) detector.update(0);
    expect(detector.audible).toBe(false);
  });
});
