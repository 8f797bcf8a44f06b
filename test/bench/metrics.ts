// Reads figures out of Prometheus text.

/** The values of all series (one a worker) of that name whose labels contain `labels` as they are written. */
export function metricValues(text: string, name: string, labels = ""): readonly number[] {
  return text
    .split("\n")
    .map((line) => /^([a-zA-Z0-9_:]+)(?:\{([^}]*)\})? (\S+)/.exec(line))
    .filter((match) => match?.[1] === name && (match[2] ?? "").includes(labels))
    .map((match) => Number(match![3]));
}

/** Of all workers together; NaN when the bridge tells nothing of that name. */
export function metricSum(text: string, name: string): number {
  const values = metricValues(text, name);
  return values.length === 0 ? Number.NaN : values.reduce((sum, value) => sum + value, 0);
}

/** What the media workers say of the last second. */
export interface TickSecond {
  readonly latenessP99Ms: number;
  readonly latenessMaxMs: number;
  readonly costP99Ms: number;
}

/** The worst worker's. */
export function tickSecond(text: string): TickSecond {
  const lateness = "parley_media_tick_lateness_seconds";
  return {
    latenessP99Ms: Math.max(...metricValues(text, lateness, 'quantile="0.99"')) * 1000,
    latenessMaxMs: Math.max(...metricValues(text, lateness, 'quantile="1"')) * 1000,
    costP99Ms: Math.max(...metricValues(text, "parley_media_tick_cost_seconds")) * 1000,
  };
}
