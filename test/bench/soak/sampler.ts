// Takes the samples of the soak: from /proc, from the bridge's metrics, and from the phones.
import { loadavg } from "node:os";
import { monitorEventLoopDelay } from "node:perf_hooks";
import type { ParleyProcess } from "../../support/parley.ts";
import { metricSum, metricValues } from "../metrics.ts";
import { type BridgeProcess, type Role, readBridge } from "./bridge-processes.ts";
import { type Bucket, difference, quantile, readBuckets } from "./lateness.ts";
import type { EventReaders } from "./readers.ts";
import type { Sample } from "./sample.ts";
import type { Seat } from "./seat.ts";
import type { Tally } from "./tally.ts";

export interface Sources {
  readonly parley: ParleyProcess;
  readonly seats: readonly Seat[];
  readonly tally: Tally;
  readonly readers: EventReaders;
}

interface Before {
  readonly at: number;
  readonly buckets: readonly Bucket[];
  readonly ticks: number;
  readonly skipped: number;
  readonly processes: readonly BridgeProcess[];
}

const megabyte = 2 ** 20;
const delayResolutionMs = 10;

export class Sampler {
  readonly #sources: Sources;
  readonly #beganMs = performance.now();
  /** Nanoseconds, beyond the resolution in milliseconds. */
  readonly #delay = monitorEventLoopDelay({ resolution: delayResolutionMs });
  #before: Before | undefined;

  constructor(sources: Sources) {
    this.#sources = sources;
    this.#delay.enable();
  }

  close(): void {
    this.#delay.disable();
  }

  async take(): Promise<Sample> {
    const { parley, seats, tally, readers } = this.#sources;
    const text = await parley.metrics();
    const at = performance.now();
    const processes = readBridge(parley.pid);
    const buckets = readBuckets(text, "parley_media_tick_late_seconds_bucket");
    const ticks = orZero(metricSum(text, "parley_media_ticks_total"));
    const skipped = orZero(metricSum(text, "parley_media_ticks_skipped_total"));
    const events = orZero(metricSum(text, "parley_events_newest"));
    const before = this.#before ?? { at: this.#beganMs, buckets: [], ticks: 0, skipped: 0, processes: [] };
    this.#before = { at, buckets, ticks, skipped, processes };

    const loadLateMs = Math.max(0, this.#delay.percentile(99) / 1e6 - delayResolutionMs);
    this.#delay.reset();
    const late = difference(buckets, before.buckets);
    const of = (role: Role) => processes.filter((process) => process.role === role);
    const sum = (role: Role, field: "pssBytes" | "ownBytes" | "rssBytes" | "files" | "udpPorts") =>
      of(role).reduce((total, process) => total + process[field], 0);
    const cores = (role: Role) =>
      of(role).reduce((total, { pid, cpuSeconds }) => {
        const earlier = before.processes.find((process) => process.pid === pid)?.cpuSeconds ?? cpuSeconds;
        return total + cpuSeconds - earlier;
      }, 0) /
      ((at - before.at) / 1000);
    const calls = seats.flatMap(({ call }) => call ?? []);
    const steady = seats.filter((seat) => seat.steady);
    const counted = (field: "received" | "gaps") =>
      steady.reduce((total, seat) => total + seat.counted(field), 0);
    return {
      second: (at - this.#beganMs) / 1000,
      machineLoad: loadavg()[0]!,
      phonesUp: calls.filter(({ state }) => state === "answered").length,
      bridgeCalls: orZero(metricSum(text, "parley_calls")),
      controlPssMb: sum("control", "pssBytes") / megabyte,
      workersPssMb: sum("worker", "pssBytes") / megabyte,
      videoPssMb: sum("video", "pssBytes") / megabyte,
      otherPssMb: sum("other", "pssBytes") / megabyte,
      controlOwnMb: sum("control", "ownBytes") / megabyte,
      workersOwnMb: sum("worker", "ownBytes") / megabyte,
      videoOwnMb: sum("video", "ownBytes") / megabyte,
      controlRssMb: sum("control", "rssBytes") / megabyte,
      workersRssMb: sum("worker", "rssBytes") / megabyte,
      videoRssMb: sum("video", "rssBytes") / megabyte,
      controlHeapMb: orZero(metricSum(text, "nodejs_heap_size_used_bytes")) / megabyte,
      workersHeapMb: orZero(metricSum(text, "parley_media_heap_used_bytes")) / megabyte,
      workers: of("worker").length,
      videoProcesses: of("video").length,
      controlFiles: sum("control", "files"),
      workersFiles: sum("worker", "files"),
      videoFiles: sum("video", "files"),
      udpPorts: processes.reduce((total, { udpPorts }) => total + udpPorts, 0),
      timers: metricValues(text, "nodejs_active_resources", 'type="Timeout"')[0] ?? 0,
      controlCores: cores("control"),
      workersCores: cores("worker"),
      videoCores: cores("video"),
      lateP50Ms: quantile(late, 0.5) * 1000,
      lateP99Ms: quantile(late, 0.99) * 1000,
      lateMaxMs: quantile(late, 1) * 1000,
      ticks: ticks - before.ticks,
      ticksSkipped: skipped - before.skipped,
      loadLateMs,
      calls: tally.calls,
      callsFailed: tally.callsFailed,
      callsDropped: tally.callsDropped,
      steadyReceived: counted("received"),
      steadyLost: counted("gaps"),
      bridgeLost: orZero(metricSum(text, "parley_media_packets_lost_total")),
      events,
      eventsLost: orZero(metricSum(text, "parley_events_lost_total")),
      eventsMissed: readers.missed,
      eventsBehind: Math.max(0, events - readers.last),
      webhooksPending: orZero(metricSum(text, "parley_webhooks_pending")),
      holds: tally.holds,
      keys: tally.keys,
      mutes: tally.mutes,
      layouts: tally.layouts,
      recordings: tally.recordings,
      reloads: tally.reloads,
      requests: tally.requests,
      requestsFailed: tally.requestsFailed,
    };
  }
}

/** A metric that is not there yet. */
const orZero = (value: number): number => (Number.isNaN(value) ? 0 : value);
