// Whether the bridge has stood the soak: does its memory grow, is everything given back, are its ticks as punctual at the
// end as at the beginning, was anything lost. Pure.
import { percentile } from "../figures.ts";
import type { Sample } from "./sample.ts";

export interface Finding {
  readonly what: string;
  readonly found: string;
  /** Undefined: nothing can be said, the run was too short. */
  readonly passed: boolean | undefined;
}

/** Megabytes an hour that a role's own memory, without what is mapped from files, may grow by over the last two thirds. */
export const maxGrowth = { control: 12, workers: 12, video: 12 } as const;
/** In a shorter run the heap's own ups and downs are larger than what is looked for. */
const minMinutes = 60;
/** Files, ports and timers that may be more at the end than at the beginning. */
const mostLeft = 2;
/** What the thread has open that writes recordings: a worker starts it with its first one, perhaps not before the churn. */
const filesOfWriting = 5;
/** How much later the ticks of the last quarter may be: a part of those of the first, and milliseconds. */
const lateFactor = 1.5;
const lateMs = 1;

interface Point {
  readonly x: number;
  readonly y: number;
}

/** The median of the slopes of all pairs (Theil–Sen): single outliers do not bend it. NaN of less than two points. */
export function slopeOf(points: readonly Point[]): number {
  const slopes: number[] = [];
  points.forEach((one, at) => {
    for (const other of points.slice(at + 1)) {
      if (other.x !== one.x) slopes.push((other.y - one.y) / (other.x - one.x));
    }
  });
  return percentile(slopes, 50);
}

/** `idle`: with nobody there, before the churn and after it. */
export function judge(samples: readonly Sample[], idle: readonly Sample[]): readonly Finding[] {
  const last = samples.at(-1);
  if (!last) return [{ what: "samples", found: "none", passed: false }];
  return [
    ...growth(samples),
    ...left(idle),
    punctuality(samples),
    ...(["callsDropped", "callsFailed", "eventsLost", "eventsMissed"] as const).map((column) => ({
      what: names[column],
      found: String(last[column]),
      passed: last[column] === 0,
    })),
  ];
}

const names = {
  callsDropped: "calls that the bridge dropped",
  callsFailed: "calls that came to nothing",
  eventsLost: "events that were not written",
  eventsMissed: "events that a reader missed",
};

function growth(samples: readonly Sample[]): readonly Finding[] {
  const seconds = samples.at(-1)!.second;
  const later = samples.filter(({ second }) => second >= seconds / 3);
  return (["control", "workers", "video"] as const).map((role) => {
    const points = later.map((sample) => ({ x: sample.second / 3600, y: sample[`${role}OwnMb`] }));
    const slope = slopeOf(points);
    return {
      what: `memory of ${role}, the last two thirds`,
      found: `${slope.toFixed(1)} MB/h (at most ${maxGrowth[role]})`,
      passed: seconds < minMinutes * 60 - 30 ? undefined : slope <= maxGrowth[role],
    };
  });
}

const mayBeLeft = (thing: string, { workers }: Sample): number =>
  thing === "workersFiles" ? workers * filesOfWriting + mostLeft : mostLeft;

function left(idle: readonly Sample[]): readonly Finding[] {
  const [before, after] = [idle[0], idle[1]];
  const things = [
    "controlFiles",
    "workersFiles",
    "udpPorts",
    "timers",
    "bridgeCalls",
    "eventsBehind",
  ] as const;
  return things.map((thing) => ({
    what: `${thing} with nobody there`,
    found: `${before?.[thing] ?? "?"} before, ${after?.[thing] ?? "?"} after`,
    passed: before && after ? after[thing] <= before[thing] + mayBeLeft(thing, after) : undefined,
  }));
}

function punctuality(samples: readonly Sample[]): Finding {
  const quarter = Math.floor(samples.length / 4);
  const median = (some: readonly Sample[]) =>
    percentile(
      some.map(({ lateP99Ms }) => lateP99Ms),
      50,
    );
  const [first, last] = [median(samples.slice(0, quarter)), median(samples.slice(-quarter))];
  return {
    what: "lateness of ticks, p99, first and last quarter",
    found: `${first.toFixed(2)} ms, ${last.toFixed(2)} ms`,
    passed: quarter === 0 ? undefined : last <= first * lateFactor + lateMs,
  };
}

export function formatFindings(findings: readonly Finding[]): string {
  const word = (passed: boolean | undefined) => (passed === undefined ? "–" : passed ? "ok" : "FAILED");
  return findings.map(({ what, found, passed }) => `${word(passed).padEnd(7)}${what}: ${found}`).join("\n");
}
