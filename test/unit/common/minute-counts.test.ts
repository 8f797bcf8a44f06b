// What happened of late, by the minute: as many afterwards as before, none earlier than it was, and none in the future.
import { describe, expect, it } from "vitest";
import { countByMinute, timesOfCounts } from "#common";
import { FakeClock } from "#test/support";

const hourMs = 3_600_000;

describe("counts by the minute", () => {
  it("are as many, and none is forgotten before its hour is over", () => {
    const clock = new FakeClock();
    clock.advance(hourMs);
    const times = [0, 10_000, 70_000, 70_001, 1_800_000].map((ago) => clock.monotonic() - ago).reverse();
    const counts = countByMinute(times, clock);
    expect(counts.reduce((sum, { count }) => sum + count, 0)).toBe(5);
    const read = timesOfCounts(JSON.parse(JSON.stringify(counts)), clock);
    expect(read).toHaveLength(5);
    read.forEach((time, index) => {
      expect(time).toBeGreaterThanOrEqual(times[index]!);
      expect(time - times[index]!).toBeLessThan(60_000);
    });
  });

  it("are of the next process by its own clock, as old as they are", () => {
    const clock = new FakeClock();
    clock.advance(hourMs);
    const counts = countByMinute([clock.monotonic()], clock);
    clock.advance(30_000);
    expect(timesOfCounts(counts, clock)).toEqual([clock.monotonic() - 30_000]);
  });

  it("are of now when the clock was set back", () => {
    const clock = new FakeClock();
    expect(timesOfCounts([{ at: clock.now() + hourMs, count: 2 }], clock)).toEqual([
      clock.monotonic(),
      clock.monotonic(),
    ]);
  });
});
