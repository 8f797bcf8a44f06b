// How often something has happened within the last hour: exactly in this process, and by the minute in the next one, where none is
// earlier than it was and none in the future.
import { describe, expect, it } from "vitest";
import { SlidingWindow } from "#common";
import { FakeClock } from "#test/support";

const hourMs = 3_600_000;

describe("a sliding window", () => {
  it("forgets each event after its time, and says when the oldest goes", () => {
    const clock = new FakeClock();
    const window = new SlidingWindow(clock, hourMs);
    expect([window.count, window.waitMs(1)]).toEqual([0, 0]);
    window.add();
    clock.advance(1000);
    window.add();
    expect([window.count, window.waitMs(3), window.waitMs(2)]).toEqual([2, 0, hourMs - 1000]);
    clock.advance(hourMs - 1001);
    expect([window.count, window.waitMs(2)]).toEqual([2, 1]);
    clock.advance(1);
    expect([window.count, window.waitMs(2), window.waitMs(1)]).toEqual([1, 0, 1000]);
  });

  it("keeps as many for the next process, none of which is forgotten before its hour is over", () => {
    const clock = new FakeClock();
    const window = new SlidingWindow(clock, hourMs);
    for (const passed of [0, 1_730_000, 69_999, 1, 60_001]) {
      clock.advance(passed);
      window.add();
    }
    const counts = window.snapshot();
    expect(counts.reduce((sum, { count }) => sum + count, 0)).toBe(5);
    const next = new SlidingWindow(clock, hourMs, JSON.parse(JSON.stringify(counts)));
    expect(next.count).toBe(5);
    expect(next.waitMs(1)).toBeGreaterThanOrEqual(window.waitMs(1));
    expect(next.waitMs(1) - window.waitMs(1)).toBeLessThan(60_000);
  });

  it("goes on by the next process' clock: what it finds is as old as it is", () => {
    const clock = new FakeClock();
    const window = new SlidingWindow(clock, hourMs);
    window.add();
    const counts = window.snapshot();
    clock.advance(30_000);
    expect(new SlidingWindow(clock, hourMs, counts).waitMs(1)).toBe(hourMs - 30_000);
  });

  it("takes what it finds for new when the clock was set back", () => {
    const clock = new FakeClock();
    const next = new SlidingWindow(clock, hourMs, [{ at: clock.now() + hourMs, count: 2 }]);
    expect([next.count, next.waitMs(2)]).toEqual([2, hourMs]);
  });
});
