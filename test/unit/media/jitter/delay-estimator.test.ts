// How long packets should wait, from what their transits were.
import { describe, expect, it } from "vitest";
import { DelayEstimator } from "../../../../media/jitter/delay-estimator.ts";

/** A packet every 20 ms from `at` on, with these transits. */
function feed(estimator: DelayEstimator, at: number, transits: readonly number[]): number {
  let now = at;
  for (const transit of transits) {
    estimator.add(transit, now);
    now += 20;
  }
  return now;
}

describe("the estimate of the delay", () => {
  it("is nothing before the first packet and on a network without jitter", () => {
    const estimator = new DelayEstimator();
    expect([estimator.base, estimator.spread]).toEqual([Number.POSITIVE_INFINITY, 0]);
    feed(estimator, 0, Array(50).fill(30));
    expect([estimator.base, estimator.spread, estimator.seasoned]).toEqual([30, 0, false]);
  });

  it("is how much slower the slow packets are than the fastest, but for one of sixty-four", () => {
    const estimator = new DelayEstimator();
    feed(estimator, 0, [...Array(60).fill(10), 40, ...Array(10).fill(10), 200]);
    expect([estimator.base, estimator.spread]).toEqual([10, 30]);
  });

  it("follows the fastest packets of the last two to four seconds", () => {
    const estimator = new DelayEstimator();
    const then = feed(estimator, 0, [...Array(99).fill(20), 5]);
    const later = feed(estimator, then, Array(100).fill(25));
    expect([estimator.base, estimator.seasoned]).toEqual([5, true]);
    feed(estimator, later, Array(100).fill(25));
    expect([estimator.base, estimator.spread]).toEqual([25, 0]);
  });

  it("does not rest on packets from before a long pause, nor from before a reset", () => {
    const estimator = new DelayEstimator();
    feed(estimator, 0, [5, 60, 60]);
    feed(estimator, 60_000, [20, 21]);
    expect([estimator.base, estimator.spread]).toEqual([20, 1]);
    estimator.reset();
    expect([estimator.base, estimator.spread, estimator.seasoned]).toEqual([
      Number.POSITIVE_INFINITY,
      0,
      false,
    ]);
  });
});
