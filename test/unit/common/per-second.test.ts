import { expect, it } from "vitest";
import { PerSecond } from "#common";
import { FakeClock } from "#test/support";

it("so many are allowed in each second of the clock, and what was refused does not count in the next", () => {
  const clock = new FakeClock();
  clock.advance(1000 - (clock.monotonic() % 1000));
  const limit = new PerSecond(clock, 2);
  const four = () => Array.from({ length: 4 }, () => limit.allows());
  expect(four()).toEqual([true, true, false, false]);
  clock.advance(999);
  expect(limit.allows()).toBe(false);
  clock.advance(1);
  expect(four()).toEqual([true, true, false, false]);
});
