// The health report of a worker, once a second, gathered from the ticker, the legs and the process. Reads only.
import { type LegId, processMemory } from "#common";
import type { GcFigures, Precedence, Ticker } from "../clock/index.ts";
import type { Leg, Totals } from "../leg/index.ts";
import { addRepairs, type VideoHealth, type WorkerHealth, type WorkerLoad } from "../protocol.ts";
import type { PortPool } from "../rtp/index.ts";

export interface HealthSources {
  readonly legs: ReadonlyMap<LegId, Leg>;
  readonly rooms: number;
  readonly ticker: Ticker;
  readonly tickFailures: number;
  readonly totals: Totals;
  readonly ports: PortPool;
  readonly gc: GcFigures;
  readonly realTime: Precedence;
  readonly load: WorkerLoad;
  readonly video: VideoHealth;
}

/** Stalls and pauses are those since the last call, which this resets. */
export function healthOf(sources: HealthSources): WorkerHealth {
  const { legs, rooms, ticker, tickFailures, totals, ports, gc, realTime, load, video } = sources;
  const memory = processMemory();
  let packetsLost = totals.packetsLostBefore;
  let concealedMs = totals.concealedMsBefore;
  let correctedMs = totals.correctedMsBefore;
  let clippedMs = totals.clippedMsBefore;
  let packetsForged = totals.forgedBefore;
  let packetsReplayed = totals.replayedBefore;
  let packetsUnsent = totals.unsentBefore;
  let packetsUnreceived = totals.unreceivedBefore;
  let encryptedLegs = 0;
  let jitterMaxMs = 0;
  let bufferMaxMs = 0;
  let echoes = 0;
  const repairs = { ...totals.repairsBefore };
  for (const leg of legs.values()) {
    const counts = leg.counts();
    packetsLost += counts.packetsLost;
    concealedMs += counts.concealedMs;
    correctedMs += counts.correctedMs;
    clippedMs += counts.clippedMs;
    jitterMaxMs = Math.max(jitterMaxMs, counts.jitterMs);
    bufferMaxMs = Math.max(bufferMaxMs, counts.bufferMs);
    packetsForged += counts.packetsForged;
    packetsReplayed += counts.packetsReplayed;
    packetsUnsent += counts.packetsUnsent;
    packetsUnreceived += counts.packetsUnreceived;
    if (counts.encryption !== null) encryptedLegs += 1;
    if (counts.echo) echoes += 1;
    addRepairs(repairs, counts.repairs);
  }
  return {
    legs: legs.size,
    encryptedLegs,
    rooms,
    ticks: ticker.ticks,
    ticksSkipped: ticker.skipped,
    tickFailures,
    latenessP50Ms: ticker.lateness.p50Ms,
    latenessP99Ms: ticker.lateness.p99Ms,
    latenessMaxMs: ticker.lateness.maxMs,
    latenessBuckets: [...ticker.lateBuckets],
    latenessSumMs: ticker.lateSumMs,
    tickCostP99Ms: ticker.cost.p99Ms,
    stallMs: ticker.takeLongestStallMs(),
    packetsReceived: totals.packetsReceived,
    packetsSent: totals.packetsSent,
    packetsLost,
    packetsIgnored: totals.packetsIgnored,
    stunRefused: totals.stunRefused,
    dtlsRefused: totals.dtlsRefused,
    packetsForged,
    packetsReplayed,
    packetsUnsent,
    packetsUnreceived,
    concealedMs,
    correctedMs,
    clippedMs,
    jitterMaxMs,
    bufferMaxMs,
    portsFree: ports.free,
    rssBytes: memory.rss,
    heapUsedBytes: memory.heapUsed,
    heapTotalBytes: memory.heapTotal,
    externalBytes: memory.external,
    starvations: totals.starvations,
    gcPauses: gc.pauses,
    gcMs: gc.totalMs,
    gcMaxMs: gc.takeLongestMs(),
    realTime: realTime.active,
    echoes,
    mosBuckets: [...totals.mosBuckets],
    mosSum: totals.mosSum,
    repairs,
    load,
    video,
  };
}

/** Adds the counters of a leg that closes to the totals. */
export function addLegTotals(totals: Totals, leg: Leg): void {
  const stats = leg.stats();
  totals.packetsLostBefore += stats.packetsLost;
  totals.forgedBefore += stats.packetsForged;
  totals.replayedBefore += stats.packetsReplayed;
  totals.unsentBefore += stats.packetsUnsent;
  totals.unreceivedBefore += stats.packetsUnreceived;
  totals.concealedMsBefore += stats.concealedMs;
  totals.correctedMsBefore += stats.correctedMs;
  totals.clippedMsBefore += stats.clippedMs;
  addRepairs(totals.repairsBefore, stats.repairs);
}
