import { expect, it } from "vitest";
import { RateLimiter } from "#common";
import { FakeClock } from "#test/support";

it("a source has its burst at once, then its rate, and is told when to come again", () => {
  const clock = new FakeClock();
  const limiter = new RateLimiter(clock, { perSecond: 4, burst: 3, sources: 10 });
  expect([1, 2, 3].map(() => limiter.take("a"))).toEqual([0, 0, 0]);
  expect(limiter.take("a")).toBe(0.25);
  expect(limiter.take("b")).toBe(0);
  clock.advance(100);
  expect(limiter.take("a")).toBeCloseTo(0.15);
  clock.advance(150);
  expect(limiter.take("a")).toBe(0);
  clock.advance(60_000);
  expect([1, 2, 3, 4].map(() => limiter.allows("a"))).toEqual([true, true, true, false]);
});

it("the source that was silent longest is forgotten", () => {
  const limiter = new RateLimiter(new FakeClock(), { perSecond: 1, burst: 1, sources: 2 });
  for (const source of ["a", "b", "a", "c"]) limiter.take(source);
  expect(limiter.size).toBe(2);
  expect(limiter.take("b")).toBe(0);
  expect(limiter.take("c")).toBe(1);
});
