// How good a participant's connection is, from the figures of the leg: both directions over one interval, and the class
// that lists and events show. Pure.
import { roundTo } from "#common";
import type { LegStats } from "#media/protocol";
import type { ParticipantQuality, QualityClass } from "../records/participant-info.ts";

/** How far apart two measurements are. */
export const measureEveryMs = 5000;

/** The class that is shown; undefined before the first measurement. The bounds are those of "some" and "many dissatisfied". */
export function qualityClass(quality: ParticipantQuality | null): QualityClass | undefined {
  const mos = quality?.mos ?? null;
  if (mos === null) return undefined;
  if (mos >= 3.6) return "good";
  return mos >= 3.1 ? "fair" : "poor";
}

/** The worse of the two directions, over the time since `before`; what has not been measured yet is null. */
export function qualityOf(stats: LegStats, before: LegStats | undefined): ParticipantQuality {
  const lost = Math.max(0, stats.packetsLost - (before?.packetsLost ?? 0));
  const received = Math.max(0, stats.packetsReceived - (before?.packetsReceived ?? 0));
  const lossPercent = (100 * lost) / Math.max(1, lost + received);
  const concealedMs = Math.max(0, stats.concealedMs - (before?.concealedMs ?? 0));
  const scores = [stats.mos, stats.remoteMos].filter((mos) => mos !== null);
  return {
    mos: scores.length === 0 ? null : toTenth(Math.min(...scores)),
    lossPercent: toTenth(Math.max(lossPercent, stats.remoteLossPercent ?? 0)),
    jitterMs: toTenth(Math.max(stats.jitterMs, stats.remoteJitterMs ?? 0)),
    roundTripMs: toTenth(stats.roundTripMs),
    delayMs: toTenth(stats.bufferMs),
    concealedPercent: toTenth(Math.min(100, (100 * concealedMs) / measureEveryMs)),
    correctedMs: toTenth(stats.correctedMs),
    clippedMs: toTenth(stats.clippedMs),
    levelDbov: toTenth(stats.levelDbov),
    remoteMos: toTenth(stats.remoteMos),
    remoteLossPercent: toTenth(stats.remoteLossPercent),
    remoteJitterMs: toTenth(stats.remoteJitterMs),
    echo: stats.echo,
  };
}

const toTenth = <Value extends number | null>(value: Value): Value => roundTo(value, 1);
