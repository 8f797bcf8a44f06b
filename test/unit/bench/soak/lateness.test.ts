import { expect, it } from "vitest";
import { difference, quantile, readBuckets } from "../../../bench/soak/lateness.ts";
import { Sequence } from "../../../bench/soak/sequence.ts";

const text = (counts: readonly [number, number, number]) =>
  ["0", "1"]
    .flatMap((worker) => [
      `late_bucket{worker="${worker}",le="0.001"} ${counts[0]}`,
      `late_bucket{worker="${worker}",le="0.01"} ${counts[1]}`,
      `late_bucket{worker="${worker}",le="+Inf"} ${counts[2]}`,
    ])
    .join("\n");

it("quantiles of what came between two readings of all workers", () => {
  const late = difference(
    readBuckets(text([150, 160, 160]), "late_bucket"),
    readBuckets(text([100, 110, 110]), "late_bucket"),
  );
  expect(late.at(-1)).toEqual({ upTo: Number.POSITIVE_INFINITY, count: 100 });
  expect(quantile(late, 0.5)).toBeCloseTo(0.0005);
  expect(quantile(late, 1)).toBeCloseTo(0.001);
});

it("what lies beyond the last edge is that edge, and nothing is 0", () => {
  const buckets = readBuckets(text([5, 10, 20]), "late_bucket");
  expect(quantile(buckets, 0.75)).toBe(0.01);
  expect(quantile([], 0.5)).toBe(0);
});

it("a sequence counts the numbers below the highest that have not come", () => {
  const sequence = new Sequence();
  for (const seq of [3, 4, 6, 4, 9]) sequence.take(seq);
  expect([sequence.last, sequence.missing]).toEqual([4, 3]);
  for (const seq of [5, 8, 7]) sequence.take(seq);
  expect([sequence.last, sequence.missing]).toEqual([9, 0]);
});
