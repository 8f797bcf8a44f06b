// What is told of each media worker by one number of its heartbeat. A worker's counters begin again at zero when it
// is respawned, as Prometheus expects of a restart.
import type { WorkerHealth } from "#media/protocol";

export interface WorkerFigure {
  readonly name: string;
  readonly help: string;
  readonly kind: "counter" | "gauge";
  readonly read: (health: WorkerHealth) => number;
}

export const workerFigures: readonly WorkerFigure[] = [
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
    name: "parley_media_tick_failures_total",
    help: "Ticks of rooms that failed of a bug, of which each is 20 ms of silence, and received packets that did.",
    kind: "counter",
    read: (health) => health.tickFailures,
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
    name: "parley_media_packets_unsent_total",
    help: "Packets that the system refused to send: a firewall on this machine, no route, a full queue.",
    kind: "counter",
    read: (health) => health.packetsUnsent,
  },
  {
    name: "parley_media_packets_unreceived_total",
    help: "Datagrams on media ports that were too long, or that the system did not hand over.",
    kind: "counter",
    read: (health) => health.packetsUnreceived,
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
    name: "parley_media_packets_forged_total",
    help: "SRTP and SRTCP packets that were not authentic.",
    kind: "counter",
    read: (health) => health.packetsForged,
  },
  {
    name: "parley_media_stun_refused_total",
    help: "STUN messages that were not answered: broken, of strangers, or too many.",
    kind: "counter",
    read: (health) => health.stunRefused,
  },
  {
    name: "parley_media_dtls_refused_total",
    help: "DTLS datagrams of others than the far end, or too many.",
    kind: "counter",
    read: (health) => health.dtlsRefused,
  },
  {
    name: "parley_media_packets_replayed_total",
    help: "SRTP and SRTCP packets that had been taken before, or were too old to know.",
    kind: "counter",
    read: (health) => health.packetsReplayed,
  },
  {
    name: "parley_media_legs_encrypted",
    help: "Legs whose media are encrypted.",
    kind: "gauge",
    read: (health) => health.encryptedLegs,
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
  {
    name: "parley_media_video_canvases",
    help: "Rooms with a picture.",
    kind: "gauge",
    read: ({ video }) => video.canvases,
  },
  {
    name: "parley_media_video_sources",
    help: "Cameras and screens that are received in rooms with a picture.",
    kind: "gauge",
    read: ({ video }) => video.sources,
  },
  {
    name: "parley_media_video_outputs",
    help: "Encoders of pictures of rooms.",
    kind: "gauge",
    read: ({ video }) => video.outputs,
  },
  {
    name: "parley_media_video_decoded_total",
    help: "Pictures that were decoded.",
    kind: "counter",
    read: ({ video }) => video.decoded,
  },
  {
    name: "parley_media_video_decode_errors_total",
    help: "Coded pictures that the decoder refused.",
    kind: "counter",
    read: ({ video }) => video.decodeErrors,
  },
  {
    name: "parley_media_video_encoded_total",
    help: "Pictures that were encoded.",
    kind: "counter",
    read: ({ video }) => video.encoded,
  },
  {
    name: "parley_media_video_skipped_total",
    help: "Pictures of rooms that were due and not made for want of time.",
    kind: "counter",
    read: ({ video }) => video.skipped,
  },
  {
    name: "parley_media_video_dropped_total",
    help: "Coded pictures of senders that did not reach the video process because it lagged or was not there.",
    kind: "counter",
    read: ({ video }) => video.dropped,
  },
  {
    name: "parley_media_video_work_seconds_total",
    help: "Time in decoding, composing and encoding pictures.",
    kind: "counter",
    read: ({ video }) => video.workMs / 1000,
  },
  {
    name: "parley_media_video_cpu_seconds_total",
    help: "Processor time of the video process.",
    kind: "counter",
    read: ({ video }) => video.cpuMs / 1000,
  },
  {
    name: "parley_media_late_ticks_ratio",
    help: "Of the ticks of the last second, those that began more than 10 ms late or were given up: 0 to 1.",
    kind: "gauge",
    read: ({ load }) => load.lateTicks,
  },
  {
    name: "parley_media_mixer_cpu_ratio",
    help: "Processor time of the mixing thread in the last second, of one core: 0 to 1.",
    kind: "gauge",
    read: ({ load }) => load.mixerCpu,
  },
  {
    name: "parley_media_video_process_deaths_total",
    help: "Times that the video process died.",
    kind: "counter",
    read: ({ video }) => video.deaths,
  },
  {
    name: "parley_media_video_degradation",
    help: "How much less rooms have of their pictures because the machine is near its limit: 0 nothing less, 1 and 2 fewer pictures a second, 3 and 4 smaller ones, too.",
    kind: "gauge",
    read: ({ video }) => video.degradation,
  },
];
