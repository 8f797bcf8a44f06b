// The metrics of media workers, from their health notifications.
import { describe, expect, it } from "vitest";
import type { WorkerHealth } from "#media/protocol";
import { FakeWorkers } from "#test/support";
import { createMetrics } from "../../../../../bridge/setup/metrics/index.ts";
import { health } from "../../../media/support/fakes.ts";

describe("media metrics", () => {
  it("show scores as a histogram, garbage collection, starvation and echoes of each worker", async () => {
    const workers = new FakeWorkers();
    const measured: WorkerHealth = {
      ...health,
      mosBuckets: [0, 0, 0, 1, 0, 2, 0, 3, 4],
      mosSum: 41,
      latenessBuckets: [90, 5, 3, 0, 0, 0, 0, 0, 1, 0, 1],
      latenessSumMs: 500,
      gcPauses: 7,
      gcMs: 250,
      gcMaxMs: 12,
      realTime: true,
      starvations: 3,
      echoes: 1,
      heapTotalBytes: 5_000_000,
      correctedMs: 1500,
      clippedMs: 60,
      jitterMaxMs: 12,
      bufferMaxMs: 47,
      repairs: { ...health.repairs, keysBeside: 14, sdpLines: 2 },
      video: { ...health.video, outputs: 2, workMs: 1500, deaths: 1 },
    };
    Object.assign(workers.workers[0]!, { health: measured });
    const registry = createMetrics({
      budget: { snapshot: () => [] },
      invitations: { counters: { sent: 0, retried: 0, failed: 0 }, waiting: async () => 0 },
      backups: { status: { lastGoodAt: undefined, made: 0, failed: 0 } },
      sip: {
        metrics: {
          requests: {},
          responses: {},
          requestsSent: {},
          responsesReceived: {},
          timers: {},
          repairs: {},
          turnedAway: 0,
          refused: { draining: 0, full: 0, overloaded: 0 },
        },
      },
      transport: {
        counters: {},
        connectionCounters: { open: { in: 0, out: 0 }, opened: 0, accepted: 0, refused: 0, closed: {} },
      },
      trunks: { snapshot: () => [] },
      database: { errors: 0 },
      overload: {
        snapshot: () => ({ overloaded: false, controlCpu: 0, machineCpu: 0, overloadedWorkers: [] }),
      },
      folders: {},
      digestGuard: {
        counters: { challenged: 0, wrong: 0, stale: 0, admitted: 0, silenced: 0, scanners: 0, banned: 0 },
        bans: () => [],
      },
      registrar: { size: 0 },
      rooms: {
        snapshot: () => ({ live: 0, participants: 0 }),
        pinCounters: { right: 0, wrong: 0, delayed: 0, refused: 0 },
      },
      calls: { count: 0 },
      callLog: {
        counters: {
          results: { answered: 0, refused: 0, cancelled: 0, failed: 0, lost: 0 },
          ...{ seconds: 0, waiting: 0, dropped: 0, failures: 0, unrecorded: 0 },
        },
      },
      workers: workers.workers,
    });
    const text = await registry.metrics();
    for (const line of [
      'parley_media_leg_mos_bucket{worker="0",le="3"} 1',
      'parley_media_leg_mos_bucket{worker="0",le="4.3"} 6',
      'parley_media_leg_mos_bucket{worker="0",le="+Inf"} 10',
      'parley_media_leg_mos_sum{worker="0"} 41',
      'parley_media_leg_mos_count{worker="0"} 10',
      'parley_media_tick_late_seconds_bucket{worker="0",le="0.0005"} 90',
      'parley_media_tick_late_seconds_bucket{worker="0",le="0.003"} 98',
      'parley_media_tick_late_seconds_bucket{worker="0",le="+Inf"} 100',
      'parley_media_tick_late_seconds_sum{worker="0"} 0.5',
      'parley_media_tick_late_seconds_count{worker="0"} 100',
      'parley_media_gc_pauses_total{worker="0"} 7',
      'parley_media_real_time{worker="0"} 1',
      'parley_media_gc_seconds_total{worker="0"} 0.25',
      'parley_media_gc_longest_seconds{worker="0"} 0.012',
      'parley_media_starvations_total{worker="0"} 3',
      'parley_media_echoes{worker="0"} 1',
      'parley_media_video_outputs{worker="0"} 2',
      'parley_media_video_work_seconds_total{worker="0"} 1.5',
      'parley_media_video_process_deaths_total{worker="0"} 1',
      'parley_media_tolerated_total{worker="0",kind="keys_beside"} 14',
      'parley_media_tolerated_total{worker="0",kind="sdp_lines"} 2',
      'parley_media_tolerated_total{worker="0",kind="sdp_names"} 0',
      'parley_media_heap_total_bytes{worker="0"} 5000000',
      'parley_media_corrected_seconds_total{worker="0"} 1.5',
      'parley_media_clipped_seconds_total{worker="0"} 0.06',
      'parley_media_leg_jitter_max_seconds{worker="0"} 0.012',
      'parley_media_leg_delay_max_seconds{worker="0"} 0.047',
    ]) {
      expect(text).toContain(line);
    }
  });
});
