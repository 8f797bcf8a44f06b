// What the bridge counts, for Prometheus. Nothing here counts by itself: each metric reads a snapshot when it is
// scraped, so that counting costs the paths that do it an increment and no more.
import { Counter, collectDefaultMetrics, Gauge, Registry } from "prom-client";
import type { CallLogCounters } from "#bridge/cdr";
import type { DialBudget } from "#bridge/dialout";
import type { Invitations } from "#bridge/invitations";
import type { RoomsSnapshot } from "#bridge/rooms";
import type { ConnectionCounters, EndpointMetrics, GateCounters } from "#bridge/sip";
import type { TrunkStatus } from "#bridge/trunks";
import type { MediaWorker } from "#media/client";
import { latenessBoundsMs, mosBounds, type WorkerHealth } from "#media/protocol";
import { diskSpace } from "./disk.ts";

export interface MetricsSources {
  readonly sip: { readonly metrics: EndpointMetrics };
  readonly transport: { readonly counters: object; readonly connectionCounters: ConnectionCounters };
  readonly rooms: { snapshot(): RoomsSnapshot };
  readonly calls: { readonly count: number };
  readonly callLog: { readonly counters: CallLogCounters };
  readonly trunks: { snapshot(): readonly TrunkStatus[] };
  readonly database: { readonly errors: number };
  /** Folders that grow, by name. */
  readonly folders: Readonly<Record<string, string>>;
  readonly invitations: Pick<Invitations, "counters" | "waiting">;
  readonly budget: Pick<DialBudget, "snapshot">;
  /** Undefined when strangers are not answered. */
  readonly gate: { readonly counters: Readonly<GateCounters> } | undefined;
  readonly workers: readonly MediaWorker[];
  /** Undefined when the API speaks plain HTTP. */
  readonly certificate?:
    | { readonly current: { readonly notAfter: number }; readonly rejecting: boolean }
    | undefined;
}

type Samples = Iterable<readonly [labels: Record<string, string>, value: number]>;

export function createMetrics(sources: MetricsSources): Registry {
  const { sip, transport, rooms, calls, callLog, trunks, budget, gate, workers, certificate } = sources;
  const { database, folders, invitations } = sources;
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const { counter, gauge } = metricsOf(registry);

  gauge("parley_calls", "Calls that are up or being set up.", [], () => single(calls.count));
  counter("parley_calls_total", "Calls that are over, by what came of them.", ["result"], () =>
    byKey("result", callLog.counters.results),
  );
  counter("parley_call_seconds_total", "How long answered calls have lasted.", [], () =>
    single(callLog.counters.seconds),
  );
  gauge("parley_call_records_waiting", "Call records that are not in the database yet.", [], () =>
    single(callLog.counters.waiting),
  );
  counter("parley_call_records_lost_total", "Call records given up because the database failed.", [], () =>
    single(callLog.counters.dropped),
  );
  counter("parley_database_errors_total", "Queries that the database has refused.", [], () =>
    single(database.errors),
  );
  gauge("parley_mails_waiting", "Invitations that the mail server has not taken yet.", [], async () =>
    single(await invitations.waiting()),
  );
  counter(
    "parley_mails_total",
    "Attempts to send an invitation: sent, retried, or failed for good.",
    ["outcome"],
    () => byKey("outcome", invitations.counters),
  );
  gauge("parley_disk_free_bytes", "What is free on the disk of a folder.", ["folder"], async () =>
    (await diskSpace(folders)).map(({ folder, freeBytes }) => [{ folder }, freeBytes]),
  );
  gauge("parley_disk_size_bytes", "How large the disk of a folder is.", ["folder"], async () =>
    (await diskSpace(folders)).map(({ folder, sizeBytes }) => [{ folder }, sizeBytes]),
  );
  gauge("parley_rooms_live", "Rooms with somebody in them, a lock or a mute.", [], () =>
    single(rooms.snapshot().live),
  );
  gauge("parley_participants", "Participants in rooms.", [], () => single(rooms.snapshot().participants));
  counter("parley_sip_requests_received_total", "SIP requests received, by method.", ["method"], () =>
    byKey("method", sip.metrics.requests),
  );
  counter("parley_sip_responses_sent_total", "SIP responses sent, by status.", ["status"], () =>
    byKey("status", sip.metrics.responses),
  );
  counter("parley_sip_requests_sent_total", "SIP requests sent, by method.", ["method"], () =>
    byKey("method", sip.metrics.requestsSent),
  );
  counter("parley_sip_responses_received_total", "SIP responses received, by status.", ["status"], () =>
    byKey("status", sip.metrics.responsesReceived),
  );
  counter(
    "parley_sip_timers_total",
    "Transaction timers fired, by the letter that RFC 3261 gives them: B, F and H are peers that did not answer.",
    ["timer"],
    () => byKey("timer", sip.metrics.timers),
  );
  gauge("parley_sip_connections", "TCP connections, by who opened them.", ["direction"], () =>
    byKey("direction", transport.connectionCounters.open),
  );
  counter("parley_sip_connections_total", "TCP connections, by what happened first.", ["event"], () => {
    const { accepted, opened, refused } = transport.connectionCounters;
    return byKey("event", { accepted, opened, refused });
  });
  counter("parley_sip_connections_closed_total", "TCP connections ended, by reason.", ["reason"], () =>
    byKey("reason", transport.connectionCounters.closed),
  );
  counter("parley_sip_datagrams_total", "What the SIP transport saw, by kind.", ["kind"], () =>
    byKey("kind", transport.counters),
  );
  gauge("parley_trunk_up", "1 while the trunk is up or nobody watches it.", ["trunk"], () =>
    trunks
      .snapshot()
      .map(({ name, status }) => [{ trunk: name }, status === "up" || status === "unwatched" ? 1 : 0]),
  );
  gauge("parley_trunk_frozen", "1 while the trunk has used its minutes of today.", ["trunk"], () =>
    budget.snapshot().map(({ trunk, frozen }) => [{ trunk }, frozen ? 1 : 0]),
  );
  gauge("parley_trunk_dialled_minutes", "Minutes of today's calls that rooms placed.", ["trunk"], () =>
    budget.snapshot().map(({ trunk, minutes }) => [{ trunk }, minutes]),
  );
  counter(
    "parley_sip_strangers_total",
    "Requests from unknown sources, by what became of them.",
    ["outcome"],
    () => byKey("outcome", gate?.counters ?? {}),
  );
  gauge("parley_media_worker_up", "1 while the media worker is ready.", ["worker"], () =>
    workers.map((worker) => [{ worker: String(worker.index) }, worker.state === "ready" ? 1 : 0]),
  );
  gauge(
    "parley_tls_certificate_expiry_timestamp_seconds",
    "When the certificate of the API expires, in seconds since the Unix epoch.",
    [],
    () => (certificate ? single(certificate.current.notAfter / 1000) : []),
  );
  gauge(
    "parley_tls_certificate_rejected",
    "1 while the certificate's files hold something that cannot be used and an earlier one stays in use.",
    [],
    () => (certificate ? single(Number(certificate.rejecting)) : []),
  );
  for (const { name, help, kind, read } of workerMetrics) {
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
  return registry;
}

function buckets(worker: number, counts: readonly number[], bounds: readonly number[]) {
  let upTo = 0;
  return counts.map((count, bucket) => {
    upTo += count;
    return [{ worker: String(worker), le: String(bounds[bucket] ?? "+Inf") }, upTo] as const;
  });
}

interface WorkerMetric {
  readonly name: string;
  readonly help: string;
  readonly kind: "counter" | "gauge";
  readonly read: (health: WorkerHealth) => number;
}

/** A worker's counters begin again at zero when it is respawned, as Prometheus expects of a restart. */
const workerMetrics: readonly WorkerMetric[] = [
  { name: "parley_media_legs", help: "Media legs.", kind: "gauge", read: (health) => health.legs },
  { name: "parley_media_rooms", help: "Rooms being mixed.", kind: "gauge", read: (health) => health.rooms },
  {
    name: "parley_media_ports_free",
    help: "Free RTP ports.",
    kind: "gauge",
    read: (health) => health.portsFree,
  },
  { name: "parley_media_rss_bytes", help: "Memory.", kind: "gauge", read: (health) => health.rssBytes },
  {
    name: "parley_media_heap_used_bytes",
    help: "JavaScript heap in use.",
    kind: "gauge",
    read: (health) => health.heapUsedBytes,
  },
  {
    name: "parley_media_heap_total_bytes",
    help: "JavaScript heap reserved.",
    kind: "gauge",
    read: (health) => health.heapTotalBytes,
  },
  {
    name: "parley_media_external_bytes",
    help: "Memory of buffers outside the heap.",
    kind: "gauge",
    read: (health) => health.externalBytes,
  },
  {
    name: "parley_media_gc_pauses_total",
    help: "Pauses of the garbage collector.",
    kind: "counter",
    read: (health) => health.gcPauses,
  },
  {
    name: "parley_media_gc_seconds_total",
    help: "Time spent in pauses of the garbage collector.",
    kind: "counter",
    read: (health) => health.gcMs / 1000,
  },
  {
    name: "parley_media_gc_longest_seconds",
    help: "The longest pause of the garbage collector in the last second.",
    kind: "gauge",
    read: (health) => health.gcMaxMs / 1000,
  },
  {
    name: "parley_media_real_time",
    help: "1 while the mixer goes before all other work of the machine.",
    kind: "gauge",
    read: (health) => Number(health.realTime),
  },
  {
    name: "parley_media_stall_seconds",
    help: "The longest time that the mixing stood still in the last second.",
    kind: "gauge",
    read: (health) => health.stallMs / 1000,
  },
  {
    name: "parley_media_starvations_total",
    help: "Times that the buffer of a sending leg ran dry.",
    kind: "counter",
    read: (health) => health.starvations,
  },
  {
    name: "parley_media_echoes",
    help: "Legs that seem to send back what they hear.",
    kind: "gauge",
    read: (health) => health.echoes,
  },
  {
    name: "parley_media_leg_mos_sum",
    help: "Sum of all opinion scores.",
    kind: "counter",
    read: (health) => health.mosSum,
  },
  {
    name: "parley_media_leg_mos_count",
    help: "How many opinion scores there were.",
    kind: "counter",
    read: (health) => health.mosBuckets.reduce((sum, count) => sum + count, 0),
  },
  {
    name: "parley_media_tick_late_seconds_sum",
    help: "Sum of the lateness of all ticks.",
    kind: "counter",
    read: (health) => health.latenessSumMs / 1000,
  },
  {
    name: "parley_media_tick_late_seconds_count",
    help: "How many ticks the histogram of their lateness has.",
    kind: "counter",
    read: (health) => health.latenessBuckets.reduce((sum, count) => sum + count, 0),
  },
  {
    name: "parley_media_tick_cost_seconds",
    help: "99th percentile of what a tick of the last second took.",
    kind: "gauge",
    read: (health) => health.tickCostP99Ms / 1000,
  },
  { name: "parley_media_ticks_total", help: "20 ms ticks.", kind: "counter", read: (health) => health.ticks },
  {
    name: "parley_media_ticks_skipped_total",
    help: "Ticks given up after a stall.",
    kind: "counter",
    read: (health) => health.ticksSkipped,
  },
  {
    name: "parley_media_packets_received_total",
    help: "RTP packets taken.",
    kind: "counter",
    read: (health) => health.packetsReceived,
  },
  {
    name: "parley_media_packets_sent_total",
    help: "RTP packets sent.",
    kind: "counter",
    read: (health) => health.packetsSent,
  },
  {
    name: "parley_media_packets_lost_total",
    help: "RTP packets that never came.",
    kind: "counter",
    read: (health) => health.packetsLost,
  },
  {
    name: "parley_media_packets_ignored_total",
    help: "Datagrams on media ports that were not ours or not RTP.",
    kind: "counter",
    read: (health) => health.packetsIgnored,
  },
  {
    name: "parley_media_concealed_seconds_total",
    help: "Audio made up for packets that were missing.",
    kind: "counter",
    read: (health) => health.concealedMs / 1000,
  },
  {
    name: "parley_media_corrected_seconds_total",
    help: "Audio cut out or put in to follow the phones' clocks and the network.",
    kind: "counter",
    read: (health) => health.correctedMs / 1000,
  },
  {
    name: "parley_media_clipped_seconds_total",
    help: "Audio that was too loud for its codec when it came.",
    kind: "counter",
    read: (health) => health.clippedMs / 1000,
  },
  {
    name: "parley_media_leg_jitter_max_seconds",
    help: "Jitter of the leg that has most.",
    kind: "gauge",
    read: (health) => health.jitterMaxMs / 1000,
  },
  {
    name: "parley_media_leg_delay_max_seconds",
    help: "Delay in the jitter buffer of the leg that has most.",
    kind: "gauge",
    read: (health) => health.bufferMaxMs / 1000,
  },
];

const latenessOf = (health: WorkerHealth) =>
  [
    ["0.5", health.latenessP50Ms],
    ["0.99", health.latenessP99Ms],
    ["1", health.latenessMaxMs],
  ] as const;

const single = (value: number): Samples => [[{}, value]];

const byKey = (label: string, counts: object): Samples =>
  Object.entries(counts).map(([key, value]) => [{ [label]: key }, Number(value)]);

const byWorker = (workers: readonly MediaWorker[], read: WorkerMetric["read"]): Samples =>
  workers.flatMap(({ index, health }) =>
    health ? [[{ worker: String(index) }, read(health)] as const] : [],
  );

/** Makers of metrics that read their samples when scraped. */
function metricsOf(registry: Registry) {
  const make = (name: string, help: string, labelNames: string[]) => ({
    name,
    help,
    labelNames,
    registers: [registry],
  });
  return {
    gauge(name: string, help: string, labelNames: string[], read: () => Samples | Promise<Samples>): void {
      new Gauge({
        ...make(name, help, labelNames),
        async collect() {
          const samples = await read();
          this.reset();
          for (const [labels, value] of samples) this.set(labels, value);
        },
      });
    },
    counter(name: string, help: string, labelNames: string[], read: () => Samples): void {
      new Counter({
        ...make(name, help, labelNames),
        collect() {
          this.reset();
          for (const [labels, value] of read()) this.inc(labels, value);
        },
      });
    },
  };
}
