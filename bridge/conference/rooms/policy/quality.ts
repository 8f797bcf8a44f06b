// The quality of a participant's connection, from the figures of the leg: both directions over one interval, and the class
// that lists and events show. Pure.
import { roundTo } from "#common";
import type { LegStats, VideoStats } from "#media/protocol";
import type { ParticipantQuality, QualityClass, VideoQuality } from "../records/participant-info.ts";

/** The time between two measurements. */
export const measureEveryMs = 5000;

/** The class that is shown; undefined before the first one. The bounds are those of "some" and "many users dissatisfied". */
export function qualityClass(quality: ParticipantQuality | null): QualityClass | undefined {
  const mos = quality?.mos ?? null;
  if (mos === null) return undefined;
  if (mos >= 3.6) return "good";
  return mos >= 3.1 ? "fair" : "poor";
}

/** The worse of the two directions, over the time since `before`; values that have not been measured yet are null. */
export function qualityOf(stats: LegStats, before: LegStats | undefined): ParticipantQuality {
  const lossPercent = lossBetween(before, stats);
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
    packetsUnsent: stats.packetsUnsent,
    unsentReason: stats.unsentReason,
    echo: stats.echo,
    video: stats.video && videoQualityOf(stats.video, before?.video ?? undefined),
  };
}

function videoQualityOf(stats: VideoStats, before: VideoStats | undefined): VideoQuality {
  return {
    receivedCodec: stats.codecIn,
    receivedWidth: stats.receivedWidth,
    receivedHeight: stats.receivedHeight,
    receivedKbps: stats.kbpsIn,
    receivedLossPercent: toTenth(lossBetween(before, stats)),
    framesDropped: stats.framesDropped,
    dropReason: stats.dropReason,
    sentCodec: stats.codecOut,
    sentWidth: stats.width,
    sentHeight: stats.height,
    sentKbps: stats.kbpsOut,
    sentLossPercent: toTenth(stats.remoteLossPercent),
    keyFrameRequestsSent: stats.keyFrameRequestsSent,
    keyFrameRequestsReceived: stats.keyFrameRequestsReceived,
  };
}

type Received = Pick<LegStats, "packetsLost" | "packetsReceived">;

function lossBetween(before: Received | undefined, after: Received): number {
  const lost = Math.max(0, after.packetsLost - (before?.packetsLost ?? 0));
  const received = Math.max(0, after.packetsReceived - (before?.packetsReceived ?? 0));
  return (100 * lost) / Math.max(1, lost + received);
}

const toTenth = <Value extends number | null>(value: Value): Value => roundTo(value, 1);
