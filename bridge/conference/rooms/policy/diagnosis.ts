// Why a call is bad: from the figures of its leg, one sample after the other, to an ordered list of findings. What is
// found must show for a while before it begins, and be gone for a while before it ends. Pure.
//
//   sample, sample before → interval → rules → tracks → findings

import type { LegStats } from "#media/protocol";
import { type Finding, type FindingCode, findingCodes, findingSeverities } from "../records/finding.ts";
import { type Interval, type MachineFigures, type Observation, rules } from "./finding-rules.ts";

export interface LegSample {
  /** Counters of another leg restart. */
  readonly leg: string;
  readonly stats: LegStats;
  /** Put on hold by the far end: nothing is expected of it. */
  readonly held: boolean;
  readonly machine: MachineFigures | undefined;
  /** Monotonic milliseconds. */
  readonly at: number;
  /** The same in words: RFC 3339. */
  readonly instant: string;
}

interface Track {
  /** Intervals in a row that contradict `active`: they have shown what is not active, or have not shown what is. */
  readonly against: number;
  readonly active: Finding | undefined;
}

export interface Diagnosis {
  readonly last: LegSample | undefined;
  readonly tracks: Readonly<Partial<Record<FindingCode, Track>>>;
  /** Net corrections of the clock, milliseconds, one an undisturbed interval in a row, the newest last. */
  readonly drifts: readonly number[];
}

export const noDiagnosis: Diagnosis = { last: undefined, tracks: {}, drifts: [] };

/** What is measured over less says too little. */
const minMs = 2500;
/** Intervals of five seconds in a minute. */
const perMinute = 12;
const idle: Track = { against: 0, active: undefined };

/** What is known after one more sample. */
export function diagnose(before: Diagnosis, sample: LegSample): Diagnosis {
  const { last } = before;
  const goesOn = last?.leg === sample.leg && sample.stats.packetsSent >= last.stats.packetsSent;
  if (!goesOn) return { ...before, last: sample, drifts: [] };
  if (sample.at - last.at < minMs) return before;
  const drifts = driftsAfter(before.drifts, last.stats, sample.stats);
  const interval = intervalOf(last, sample, drifts);
  const tracks: Partial<Record<FindingCode, Track>> = {};
  for (const rule of rules) {
    const track = before.tracks[rule.code] ?? idle;
    const observed = rule.observe(interval, track.active !== undefined);
    tracks[rule.code] = follow(track, rule, { observed, instant: sample.instant });
  }
  return { last: sample, tracks, drifts };
}

/** Those that last at this moment, the worst first. */
export const findingsOf = ({ tracks }: Diagnosis): readonly Finding[] => {
  const active = findingCodes.flatMap((code) => tracks[code]?.active ?? []);
  return active.length < 2 ? active : active.sort(bySeverity);
};

/** What the figures of a whole leg show, however short it was: for a call that is over. `ms`: how long it lasted. */
export function diagnoseEndedCall(sample: LegSample, ms: number): readonly Finding[] {
  if (ms < minMs) return [];
  const nothing = Object.fromEntries(
    Object.keys(sample.stats).map((name) => [name, 0]),
  ) as unknown as LegStats;
  const began = {
    ...sample,
    stats: { ...nothing, repairs: { ...sample.stats.repairs, audioTimestamps: 0 } },
  };
  const interval = intervalOf({ ...began, machine: undefined, at: sample.at - ms }, sample, []);
  const found = rules.flatMap(({ code, advice, observe }) => {
    const observed = observe(interval, false);
    return observed && observed !== "unknown" ? [{ code, advice, since: sample.instant, ...observed }] : [];
  });
  return found.sort(bySeverity);
}

export const bySeverity = (left: Pick<Finding, "severity">, right: Pick<Finding, "severity">): number =>
  findingSeverities.indexOf(left.severity) - findingSeverities.indexOf(right.severity);

/** What is late, lost or missing is made up for by the same means: then nothing is known of the clock. */
function driftsAfter(drifts: readonly number[], from: LegStats, to: LegStats): readonly number[] {
  const undisturbed =
    to.packetsLate === from.packetsLate &&
    to.packetsLost === from.packetsLost &&
    to.starvations === from.starvations;
  return undisturbed ? [...drifts, to.driftMs - from.driftMs].slice(-2 * perMinute) : [];
}

function follow(
  track: Track,
  { code, advice, begins, ends }: (typeof rules)[number],
  { observed, instant }: { readonly observed: Observation | "unknown" | undefined; readonly instant: string },
): Track {
  const { active } = track;
  if (observed === "unknown") return track;
  if (active) {
    if (observed) return { against: 0, active: { ...active, ...observed } };
    return track.against + 1 >= ends ? idle : { against: track.against + 1, active };
  }
  if (!observed) return idle;
  if (track.against + 1 < begins) return { against: track.against + 1, active };
  return { against: 0, active: { code, advice, since: instant, ...observed } };
}

function intervalOf(from: LegSample, to: LegSample, drifts: readonly number[]): Interval {
  const added = (name: Counter): number => Math.max(0, to.stats[name] - from.stats[name]);
  const machine = to.machine && {
    latenessP99Ms: to.machine.latenessP99Ms,
    cpu: to.machine.load?.machineCpu,
    skipped: from.machine ? Math.max(0, to.machine.ticksSkipped - from.machine.ticksSkipped) : 0,
  };
  return {
    ms: to.at - from.at,
    stats: to.stats,
    // What was held a moment ago has not had the time to send.
    held: to.held || from.held,
    received: added("packetsReceived"),
    sent: added("packetsSent"),
    lost: added("packetsLost"),
    late: added("packetsLate"),
    ignored: added("packetsIgnored"),
    forged: added("packetsForged"),
    unsent: added("packetsUnsent"),
    restamped: Math.max(0, to.stats.repairs.audioTimestamps - from.stats.repairs.audioTimestamps),
    concealedMs: added("concealedMs"),
    clippedMs: added("clippedMs"),
    reports: added("reports"),
    reportsOfAudio: added("reportsOfAudio"),
    drift:
      drifts.length < 2 * perMinute
        ? undefined
        : [sum(drifts.slice(0, perMinute)), sum(drifts.slice(perMinute))],
    machine,
  };
}

type Counter = {
  [Name in keyof LegStats]-?: LegStats[Name] extends number ? Name : never;
}[keyof LegStats];

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
