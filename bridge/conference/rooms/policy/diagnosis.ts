// The diagnosis of a call: from successive samples of its leg's figures to an ordered list of findings. A finding begins when
// several intervals in a row have shown it, and ends when several have not. Pure.
//
//   sample, sample before → interval → rules → tracks → findings

import type { LegStats } from "#media/protocol";
import { type Finding, type FindingCode, findingCodes, findingSeverities } from "../records/finding.ts";
import { type Interval, type MachineFigures, type Observation, rules } from "./finding-rules.ts";

export interface LegSample {
  /** The counters of a sample are compared only with those of the same leg. */
  readonly leg: string;
  readonly stats: LegStats;
  /** Put on hold by the far end, from which no packets are expected then. */
  readonly held: boolean;
  readonly machine: MachineFigures | undefined;
  /** Monotonic milliseconds. */
  readonly at: number;
  /** The wall clock time of the sample, RFC 3339. */
  readonly instant: string;
}

interface Track {
  /** Intervals in a row that contradict `active`: they show an inactive finding, or do not show the active one. */
  readonly against: number;
  readonly active: Finding | undefined;
}

export interface Diagnosis {
  readonly last: LegSample | undefined;
  readonly tracks: Readonly<Partial<Record<FindingCode, Track>>>;
  /** Net corrections of the clock in milliseconds, one for each undisturbed interval in a row, the newest last. */
  readonly drifts: readonly number[];
}

export const noDiagnosis: Diagnosis = { last: undefined, tracks: {}, drifts: [] };

/** A shorter interval is not evaluated. */
const minMs = 2500;
/** Intervals of five seconds in a minute. */
const perMinute = 12;
const idle: Track = { against: 0, active: undefined };

/** The diagnosis after one more sample. */
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

/** The findings that are active at this moment, the worst first. */
export const findingsOf = ({ tracks }: Diagnosis): readonly Finding[] => {
  const active = findingCodes.flatMap((code) => tracks[code]?.active ?? []);
  return active.length < 2 ? active : active.sort(bySeverity);
};

/** The findings of a call that is over, from the figures of the whole leg, however short it was. `ms`: its duration. */
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

/** Late, lost and missing packets cause corrections as well: such an interval says nothing about the clock. */
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
    // A far end that was on hold at the beginning of the interval has not sent during all of it.
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
