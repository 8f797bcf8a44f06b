// Media workers: whether they are up, and the figures that each sends with its heartbeat.
import { isServing, type MediaWorker } from "#media/client";
import { latenessBoundsMs, mosBounds, type Repairs, type WorkerHealth } from "#media/protocol";
import type { Meters, Samples } from "./meters.ts";
import { workerFigures } from "./worker-figures.ts";

export interface WorkerSources {
  readonly workers: readonly MediaWorker[];
}

export function measureWorkers({ gauge, counter }: Meters, { workers }: WorkerSources): void {
  gauge(
    "parley_media_worker_up",
    "1 while the media worker is ready; absent before it is needed.",
    ["worker"],
    () =>
      workers
        .filter(({ state }) => state !== "standby")
        .map(({ index, state }) => [{ worker: String(index) }, isServing({ state }) ? 1 : 0]),
  );
  counter(
    "parley_media_worker_recoveries_total",
    "Times that another process went on for one that died, with its calls.",
    ["worker"],
    () => workers.map(({ index, recoveries }) => [{ worker: String(index) }, recoveries]),
  );
  for (const { name, help, kind, read } of workerFigures) {
    const samples = () => byWorker(workers, read);
    if (kind === "counter") counter(name, help, ["worker"], samples);
    else gauge(name, help, ["worker"], samples);
  }
  gauge(
    "parley_media_tick_lateness_seconds",
    "How late the 20 ms ticks of the last second began.",
    ["worker", "quantile"],
    () =>
      workers.flatMap(({ index, health }) =>
        health
          ? latenessOf(health).map(
              ([quantile, ms]) => [{ worker: String(index), quantile }, ms / 1000] as const,
            )
          : [],
      ),
  );
  counter(
    "parley_media_leg_mos_bucket",
    "Opinion scores of five seconds of a leg each (ITU-T G.107), up to `le`: a histogram.",
    ["worker", "le"],
    () =>
      workers.flatMap(({ index, health }) => (health ? buckets(index, health.mosBuckets, mosBounds) : [])),
  );
  counter(
    "parley_media_tolerated_total",
    "What far ends sent against the standards and was understood all the same, by kind: packets, lines, names.",
    ["worker", "kind"],
    () =>
      workers.flatMap(({ index, health }) =>
        health
          ? repairKinds.map(
              ([name, kind]) => [{ worker: String(index), kind }, health.repairs[name]] as const,
            )
          : [],
      ),
  );
  const latenessBounds = latenessBoundsMs.map((ms) => ms / 1000);
  counter(
    "parley_media_tick_late_seconds_bucket",
    "Ticks that began so late, up to `le`: a histogram.",
    ["worker", "le"],
    () =>
      workers.flatMap(({ index, health }) =>
        health ? buckets(index, health.latenessBuckets, latenessBounds) : [],
      ),
  );
}

const repairKinds: readonly (readonly [name: keyof Repairs, kind: string])[] = [
  ["keysBeside", "keys_beside"],
  ["keyTimestamps", "key_timestamps"],
  ["audioTimestamps", "audio_timestamps"],
  ["offeredNumbers", "offered_numbers"],
  ["audioLevels", "audio_levels"],
  ["rtpHeaders", "rtp_headers"],
  ["rtpNumbers", "rtp_numbers"],
  ["srtpRestarts", "srtp_restarts"],
  ["srtpMkis", "srtp_mkis"],
  ["videoPayloads", "video_payloads"],
  ["sdpLines", "sdp_lines"],
  ["sdpNames", "sdp_names"],
];

function buckets(worker: number, counts: readonly number[], bounds: readonly number[]) {
  let upTo = 0;
  return counts.map((count, bucket) => {
    upTo += count;
    return [{ worker: String(worker), le: String(bounds[bucket] ?? "+Inf") }, upTo] as const;
  });
}

const latenessOf = (health: WorkerHealth) =>
  [
    ["0.5", health.latenessP50Ms],
    ["0.99", health.latenessP99Ms],
    ["1", health.latenessMaxMs],
  ] as const;

const byWorker = (workers: readonly MediaWorker[], read: (health: WorkerHealth) => number): Samples =>
  workers.flatMap(({ index, health }) =>
    health ? [[{ worker: String(index) }, read(health)] as const] : [],
  );
