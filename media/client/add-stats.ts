// The figures of a leg that has been in several worker processes: counters go on, all else is that of the present one.
import { addRepairs, type LegStats, noRepairs } from "../protocol.ts";

type Counter = {
  [Name in keyof LegStats]-?: LegStats[Name] extends number ? Name : never;
}[keyof LegStats];

const counters = [
  "packetsReceived",
  "packetsSent",
  "packetsLost",
  "packetsLate",
  "packetsIgnored",
  "packetsForged",
  "packetsReplayed",
  "packetsUnsent",
  "packetsUnreceived",
  "concealedMs",
  "reports",
  "reportsOfAudio",
  "keyEvents",
  "keyTones",
  "starvations",
  "correctedMs",
  "driftMs",
  "clippedMs",
] as const satisfies readonly Counter[];

/** `before`: of the processes before. */
export function addStats(before: LegStats | undefined, now: LegStats): LegStats {
  if (!before) return now;
  const repairs = noRepairs();
  addRepairs(repairs, before.repairs);
  addRepairs(repairs, now.repairs);
  const sums = counters.map((name) => [name, before[name] + now[name]] as const);
  const unsentReason = now.unsentReason ?? before.unsentReason;
  return { ...now, ...Object.fromEntries(sums), unsentReason, repairs };
}
