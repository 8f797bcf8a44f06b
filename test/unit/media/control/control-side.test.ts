// What the control process makes of it: quality beside each participant, volume keys, metrics, the last log line.
import { describe, expect, it } from "vitest";
import type { WorkerHealth } from "#media/protocol";
import { FakeWorkers, settle } from "#test/support";
import { summaryOf } from "../../../../bridge/conference/calls/call-summary.ts";
import { qualityOf } from "../../../../bridge/conference/rooms/quality.ts";
import { createMetrics } from "../../../../bridge/setup/metrics/index.ts";
import { idleSources } from "../../../support/fakes/metrics.ts";
import { bridge, none, traces } from "../../bridge/conference/calls/bridge.ts";
import { health, stats } from "../client/fakes.ts";

describe("a participant's quality", () => {
  it("is unknown at first, then asked for every five seconds while somebody is here", async () => {
    const house = bridge();
    const room = await house.room();
    const { leg, invitation } = await house.call(room);
    const quality = async () => {
      const participants = await house.rooms.participants(room.id);
      return participants.ok ? participants.value[0]?.quality : undefined;
    };
    expect(await quality()).toBeNull();

    leg.measured = {
      ...{
        packetsReceived: 950,
        packetsLost: 50,
        mos: 3.44,
        jitterMs: 7.12,
        roundTripMs: 40,
        bufferMs: 27.13,
      },
      ...{ concealedMs: 250, correctedMs: 20, clippedMs: 40, levelDbov: -24.31, remoteJitterMs: 3 },
    };
    await house.clock.run(5000);
    expect(await quality()).toEqual({
      mos: 3.4,
      lossPercent: 5,
      jitterMs: 7.1,
      roundTripMs: 40,
      delayMs: 27.1,
      concealedPercent: 5,
      correctedMs: 20,
      clippedMs: 40,
      levelDbov: -24.3,
      remoteMos: null,
      remoteLossPercent: null,
      remoteJitterMs: 3,
      echo: false,
    });

    leg.measured = { ...leg.measured, packetsReceived: 1200, mos: 4.31 };
    await house.clock.run(5000);
    expect(await quality()).toMatchObject({ mos: 4.3, lossPercent: 0 });

    invitation.session.hangUp();
    await settle();
    expect(traces(house)).toEqual(none);
  });

  it("is the worse of the two directions", () => {
    const both = {
      ...stats,
      mos: 4.3,
      remoteMos: 2.9,
      remoteLossPercent: 8,
      jitterMs: 2,
      remoteJitterMs: 31,
    };
    expect(qualityOf(both, undefined)).toMatchObject({ mos: 2.9, lossPercent: 8, jitterMs: 31 });
  });

  it("tells when an echo begins and when it has gone, and survives a worker that does not answer", async () => {
    const house = bridge();
    const room = await house.room();
    const { leg } = await house.call(room);
    const echoes: (boolean | undefined)[] = [];
    house.rooms.events.on("participant.changed", ({ participant }) => echoes.push(participant.quality?.echo));
    leg.measured = { echo: true };
    await house.clock.run(10_000);
    leg.before = () => {
      throw new Error("no answer");
    };
    await house.clock.run(10_000);
    leg.before = () => {};
    leg.measured = { echo: false };
    await house.clock.run(10_000);
    expect(echoes).toEqual([true, false]);
  });
});

describe("*4 and *7", () => {
  it("turn what I hear down and up, 4 dB a key, and answer with a tone", async () => {
    const house = bridge();
    const { leg } = await house.call(await house.room());
    await settle();
    leg.press("*7*7*4");
    await settle();
    expect(leg.log.filter((line) => line.startsWith("volume"))).toEqual([
      'volume {"listenDb":4}',
      'volume {"listenDb":8}',
      'volume {"listenDb":4}',
    ]);
    expect(leg.heard.filter((name) => name === "tone:attention")).toHaveLength(3);
  });

  it("say so when it goes no further", async () => {
    const house = bridge();
    const { leg } = await house.call(await house.room());
    await settle();
    for (let count = 0; count < 5; count += 1) {
      leg.press("*4");
      await settle();
    }
    expect(leg.log.filter((line) => line.startsWith("volume")).at(-1)).toBe('volume {"listenDb":-16}');
    expect(leg.heard.at(-1)).toBe("tone:error");
  });
});

describe("metrics", () => {
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
    };
    Object.assign(workers.workers[0]!, { health: measured });
    const registry = createMetrics({ ...idleSources, workers: workers.workers });
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

describe("the last line of a call", () => {
  it("says what it was, how long, how it sounded and why it ended", () => {
    const media = { ...stats, meanMos: 4.127, lossPercent: 0.333, jitterMs: 3.21, remote: "192.0.2.1:4000" };
    expect(summaryOf({ status: 200, text: "Hung up", lastedMs: 61_234, media })).toMatchObject({
      status: 200,
      reason: "Hung up",
      seconds: 61.2,
      codec: "PCMU",
      mos: 4.1,
      remoteMos: null,
      lossPercent: 0.3,
      jitterMs: 3.2,
    });
  });

  it("is short for a call without media", () => {
    expect(summaryOf({ status: 486, text: "Full", lastedMs: 20, media: undefined })).toEqual({
      status: 486,
      reason: "Full",
      seconds: 0,
    });
  });
});
