// Reads figures out of Prometheus text.

/** The sum over all series (workers) of the one metric whose name contains `part`; NaN when there is none. */
export function metricOf(text: string, part: string): number {
  let sum = Number.NaN;
  for (const line of text.split("\n")) {
    if (line.startsWith("#")) continue;
    const match = /^([a-zA-Z0-9_:]+)(?:\{[^}]*\})? (\S+)/.exec(line);
    if (!match?.[1]?.includes(part)) continue;
    sum = (Number.isNaN(sum) ? 0 : sum) + Number(match[2]);
  }
  return sum;
}
