import { expect, it } from "vitest";
import { TokenBuckets } from "#common";
import { FakeClock } from "#test/support";

it("a source has its burst at once, then its rate, and is told when to come again", () => {
  const clock = new FakeClock();
  const buckets = new TokenBuckets(clock, { perSecond: 4, burst: 3, sources: 10 });
  expect([1, 2, 3].map(() => buckets.take("a"))).toEqual([0, 0, 0]);
  expect(buckets.take("a")).toBe(0.25);
  expect(buckets.take("b")).toBe(0);
  clock.advance(100);
  expect(buckets.take("a")).toBeCloseTo(0.15);
  clock.advance(150);
  expect(buckets.take("a")).toBe(0);
  clock.advance(60_000);
  expect([1, 2, 3, 4].map(() => buckets.take("a") === 0)).toEqual([true, true, true, false]);
});

it("the source that was silent longest is forgotten", () => {
  const buckets = new TokenBuckets(new FakeClock(), { perSecond: 1, burst: 1, sources: 2 });
  for (const source of ["a", "b", "a", "c"]) buckets.take(source);
  expect(buckets.size).toBe(2);
  expect(buckets.take("b")).toBe(0);
  expect(buckets.take("c")).toBe(1);
});
