// Quantiles of a histogram in the form of Prometheus: counts of all that were at most so large.

export interface Bucket {
  /** Seconds; Infinity for the last. */
  readonly upTo: number;
  readonly count: number;
}

/** The buckets of all series together, by their upper edge. */
export function readBuckets(text: string, name: string): readonly Bucket[] {
  const counts = new Map<number, number>();
  for (const line of text.split("\n")) {
    const match = line.startsWith(`${name}{`) ? /le="([^"]+)"\} (\S+)/.exec(line) : null;
    if (!match) continue;
    const upTo = match[1] === "+Inf" ? Number.POSITIVE_INFINITY : Number(match[1]);
    counts.set(upTo, (counts.get(upTo) ?? 0) + Number(match[2]));
  }
  return [...counts].map(([upTo, count]) => ({ upTo, count })).sort((one, other) => one.upTo - other.upTo);
}

/** What came between two readings. */
export function difference(now: readonly Bucket[], before: readonly Bucket[]): readonly Bucket[] {
  return now.map(({ upTo, count }) => ({
    upTo,
    count: count - (before.find((bucket) => bucket.upTo === upTo)?.count ?? 0),
  }));
}

/** Linear within a bucket; the last finite edge for what lies beyond it; 0 of nothing. */
export function quantile(buckets: readonly Bucket[], part: number): number {
  const total = buckets.at(-1)?.count ?? 0;
  if (total <= 0) return 0;
  const wanted = part * total;
  let [lower, below] = [0, 0];
  for (const { upTo, count } of buckets) {
    if (count >= wanted && count > below) {
      return Number.isFinite(upTo) ? lower + ((upTo - lower) * (wanted - below)) / (count - below) : lower;
    }
    if (Number.isFinite(upTo)) lower = upTo;
    below = count;
  }
  return lower;
}
