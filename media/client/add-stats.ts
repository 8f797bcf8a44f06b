// Adds up the statistics of a leg over several worker processes: counters are summed, all else is that of the present process.
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

/** `before`: the statistics in the earlier processes; undefined: there was none. */
export function addStats(before: LegStats | undefined, now: LegStats): LegStats {
  if (!before) return now;
  const repairs = noRepairs();
  addRepairs(repairs, before.repairs);
  addRepairs(repairs, now.repairs);
  const sums = counters.map((name) => [name, before[name] + now[name]] as const);
  const unsentReason = now.unsentReason ?? before.unsentReason;
  return { ...now, ...Object.fromEntries(sums), unsentReason, repairs };
}
