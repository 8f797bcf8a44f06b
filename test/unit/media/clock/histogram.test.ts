import { describe, expect, it } from "vitest";
import { Histogram } from "../../../../media/clock/index.ts";

describe("the histogram", () => {
  it("gives percentiles to a tenth of a millisecond and starts over", () => {
    const histogram = new Histogram();
    for (let index = 1; index <= 100; index += 1) histogram.record(index / 10);
    const { p50Ms, p99Ms, maxMs } = histogram.take();
    expect(p50Ms).toBeCloseTo(5, 0);
    expect(p99Ms).toBeCloseTo(9.9, 0);
    expect(maxMs).toBe(10);
    histogram.record(250);
    expect(histogram.take()).toEqual({ p50Ms: 250, p99Ms: 250, maxMs: 250 });
    expect(histogram.take().maxMs).toBe(0);
  });
});
