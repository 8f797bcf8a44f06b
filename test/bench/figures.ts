// What the benchmark measures, and the arithmetic of several runs.

/** As the phones saw it. */
export interface LoadFigures {
  readonly seconds: number;
  readonly packetsSent: number;
  readonly packetsReceived: number;
  /** Gaps in the sequence numbers that came. */
  readonly packetsLost: number;
  readonly packetsReordered: number;
  /** Legs that got less than nine tenths of their packets. */
  readonly deafLegs: number;
  readonly callsLost: number;
  readonly markersMissed: number;
  readonly delayP50Ms: number;
  readonly delayP99Ms: number;
  /** How late the load itself was: above a few milliseconds the machine is the limit, not the bridge. */
  readonly sendLatenessP99Ms: number;
}

/** One run: the phones' figures, what the processes used, what the bridge says of itself. */
export interface RunFigures extends LoadFigures {
  readonly mainCores: number;
  readonly workerCores: number;
  readonly loadCores: number;
  readonly mainRssMb: number;
  readonly workerRssMb: number;
  /** Of a typical second. */
  readonly tickLatenessP99Ms: number;
  /** Of the worst second. */
  readonly tickLatenessMaxMs: number;
  readonly tickCostP99Ms: number;
  readonly ticksSkipped: number;
  /** Packets that the workers missed from the phones. */
  readonly workerPacketsLost: number;
}

/** NaN for nothing. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * percent) / 100))] ?? Number.NaN;
}

/** Figure by figure, so that one bad second of the machine does not decide. */
export function medians(runs: readonly RunFigures[]): RunFigures {
  const first = runs[0];
  if (!first) throw new Error("no runs");
  const keys = Object.keys(first) as (keyof RunFigures)[];
  const middle = (key: keyof RunFigures): number =>
    percentile(
      runs.map((run) => run[key]),
      50,
    );
  return Object.fromEntries(keys.map((key) => [key, middle(key)])) as unknown as RunFigures;
}
