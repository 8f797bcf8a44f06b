// The schemas of the statistics on the control channel: those of one leg, and the health report of a worker, once a second.
import { type Static, Type } from "typebox";

/** The upper bounds of the histograms of tick lateness (milliseconds) and opinion scores. */
export const latenessBoundsMs: readonly number[] = [0.5, 1, 2, 3, 5, 10, 20, 50, 100, 200];
export const mosBounds: readonly number[] = [1.5, 2, 2.5, 3, 3.5, 4, 4.2, 4.3];

/**
 * Counters of input that violated a standard and was accepted, by kind: packets of keys in a stream beside the audio, packets of
 * keys and of audio whose timestamp was corrected, packets with a payload type of our offer that the answer had replaced, legs
 * whose packets claimed silence by their audio level and were loud, packets whose padding bit or SSRC was ignored, packets whose
 * sequence number was replaced, SRTP streams that restarted with the same key, master key identifiers other than announced,
 * malformed payloads of video, and descriptions: lines skipped or corrected, host names resolved.
 */
export const Repairs = Type.Object({
  keysBeside: Type.Integer(),
  keyTimestamps: Type.Integer(),
  audioTimestamps: Type.Integer(),
  offeredNumbers: Type.Integer(),
  audioLevels: Type.Integer(),
  rtpHeaders: Type.Integer(),
  rtpNumbers: Type.Integer(),
  srtpRestarts: Type.Integer(),
  srtpMkis: Type.Integer(),
  videoPayloads: Type.Integer(),
  sdpLines: Type.Integer(),
  sdpNames: Type.Integer(),
});
export type Repairs = Static<typeof Repairs>;

export const noRepairs = (): Repairs => ({
  keysBeside: 0,
  keyTimestamps: 0,
  audioTimestamps: 0,
  offeredNumbers: 0,
  audioLevels: 0,
  rtpHeaders: 0,
  rtpNumbers: 0,
  srtpRestarts: 0,
  srtpMkis: 0,
  videoPayloads: 0,
  sdpLines: 0,
  sdpNames: 0,
});

export function addRepairs(sum: Repairs, more: Readonly<Repairs>): void {
  sum.keysBeside += more.keysBeside;
  sum.keyTimestamps += more.keyTimestamps;
  sum.audioTimestamps += more.audioTimestamps;
  sum.offeredNumbers += more.offeredNumbers;
  sum.audioLevels += more.audioLevels;
  sum.rtpHeaders += more.rtpHeaders;
  sum.rtpNumbers += more.rtpNumbers;
  sum.srtpRestarts += more.srtpRestarts;
  sum.srtpMkis += more.srtpMkis;
  sum.videoPayloads += more.videoPayloads;
  sum.sdpLines += more.sdpLines;
  sum.sdpNames += more.sdpNames;
}

/** The statistics of a leg's camera video in both directions, counted since the leg was created. */
export const VideoStats = Type.Object({
  /** The codecs that are received and sent; null: none. */
  codecIn: Type.Union([Type.String(), Type.Null()]),
  codecOut: Type.Union([Type.String(), Type.Null()]),
  /** The size of the picture that is sent, pixels; 0 before the first. */
  width: Type.Integer(),
  height: Type.Integer(),
  /** The size of the last received picture, pixels; 0 before the first key frame. */
  receivedWidth: Type.Integer(),
  receivedHeight: Type.Integer(),
  packetsReceived: Type.Integer(),
  packetsLost: Type.Integer(),
  packetsSent: Type.Integer(),
  /** Packets that were retransmitted on request of the far end. */
  packetsRepeated: Type.Integer(),
  /** Packets that were malformed, of no agreed type, or from an unknown source. */
  packetsIgnored: Type.Integer(),
  framesReceived: Type.Integer(),
  /** Received pictures that were incomplete or refer to an incomplete one; then the reason for the last incomplete one. */
  framesDropped: Type.Integer(),
  dropReason: Type.Union([
    Type.Enum(["incomplete", "malformed", "unsupported", "too large", "no parameter sets", "no key frame"]),
    Type.Null(),
  ]),
  framesSent: Type.Integer(),
  keyFrameRequestsSent: Type.Integer(),
  keyFrameRequestsReceived: Type.Integer(),
  /** The payload bitrate of the last second, kbit/s. */
  kbpsIn: Type.Integer(),
  kbpsOut: Type.Integer(),
  /** The far end's report about our stream; null before the first. */
  remoteLossPercent: Type.Union([Type.Number(), Type.Null()]),
});
export type VideoStats = Static<typeof VideoStats>;

/** The statistics of a leg, counted since it was created. Durations in milliseconds, levels in dBov. */
export const LegStats = Type.Object({
  codec: Type.Union([Type.String(), Type.Null()]),
  /** The SRTP suite; null: packets are sent in the clear. */
  encryption: Type.Union([Type.String(), Type.Null()]),
  remote: Type.Union([Type.String(), Type.Null()]),
  /** Of the audio, as our side has agreed it: `sendonly`, the far end only listens. Absent before something was agreed. */
  direction: Type.Optional(Type.Enum(["sendrecv", "sendonly", "recvonly", "inactive"])),
  packetsReceived: Type.Integer(),
  packetsSent: Type.Integer(),
  packetsLost: Type.Integer(),
  packetsLate: Type.Integer(),
  packetsIgnored: Type.Integer(),
  /** SRTP and SRTCP packets that were not authentic; then those that were replayed, or too old to tell. */
  packetsForged: Type.Integer(),
  packetsReplayed: Type.Integer(),
  /**
   * Over all sockets of the leg, RTCP, video and ICE included: packets that the system did not send (`packetsSent` counts them,
   * too); the reason for the last of them, the system's error code such as EPERM, or SRTP; and datagrams that were too long, or
   * that the system did not hand over.
   */
  packetsUnsent: Type.Integer(),
  unsentReason: Type.Union([Type.String({ maxLength: 32 }), Type.Null()]),
  packetsUnreceived: Type.Integer(),
  jitterMs: Type.Number(),
  bufferMs: Type.Number(),
  concealedMs: Type.Number(),
  levelDbov: Type.Number(),
  /** The far end's report about our stream; null before its first RTCP report. */
  remoteLossPercent: Type.Union([Type.Number(), Type.Null()]),
  remoteJitterMs: Type.Union([Type.Number(), Type.Null()]),
  roundTripMs: Type.Union([Type.Number(), Type.Null()]),
  /** The far end's RTCP reports; then those that confirm the arrival of further packets of ours. */
  reports: Type.Integer(),
  reportsOfAudio: Type.Integer(),
  /** DTMF presses received as events (RFC 4733) and as tones in the audio; whether events were negotiated. */
  keyEvents: Type.Integer(),
  keyTones: Type.Integer(),
  keyEventsAgreed: Type.Boolean(),
  /** Lost packets since the leg was created, as a share of its packets; then concealed audio, as a share of its time. */
  lossPercent: Type.Number(),
  concealedPercent: Type.Number(),
  /** How often the jitter buffer ran dry; audio that was removed or inserted to follow the far end's clock; clipped audio. */
  starvations: Type.Integer(),
  correctedMs: Type.Number(),
  /** Inserted minus removed audio: below 0 the far end's clock is faster than ours. */
  driftMs: Type.Number(),
  clippedMs: Type.Number(),
  /** The level of the voice during speech, then its automatic gain; null before the first speech. */
  voiceDbov: Type.Union([Type.Number(), Type.Null()]),
  gainDb: Type.Number(),
  /** Opinion scores, 1 … 4.5: of received audio in the last five seconds and in the whole call, and of our audio at the far end. */
  mos: Type.Union([Type.Number(), Type.Null()]),
  meanMos: Type.Union([Type.Number(), Type.Null()]),
  remoteMos: Type.Union([Type.Number(), Type.Null()]),
  /** Whether the far end returns our audio as an echo; then its delay. */
  echo: Type.Boolean(),
  echoDelayMs: Type.Union([Type.Number(), Type.Null()]),
  repairs: Repairs,
  /** Null: video was not negotiated. */
  video: Type.Union([VideoStats, Type.Null()]),
});
export type LegStats = Static<typeof LegStats>;

/** The steps by which frame rate and picture size are lowered while the machine is near its limit, as factors. */
export const degradationSteps = [
  { rate: 1, size: 1 },
  { rate: 1 / 2, size: 1 },
  { rate: 1 / 3, size: 1 },
  { rate: 1 / 3, size: 2 / 3 },
  { rate: 1 / 3, size: 1 / 2 },
] as const;

/** The last step with the full picture size: recordings, whose size is fixed, are not degraded further. */
export const lastWholeStep = degradationSteps.findLastIndex(({ size }) => size === 1);

/** The load figures that can cause the degradation of pictures. */
export const loadLimits = [
  "lateTicks",
  "mixerCpu",
  "videoCpu",
  "machineCpu",
] as const satisfies (keyof WorkerLoad)[];
export type LoadLimit = (typeof loadLimits)[number];

/** The video of a worker's rooms: the present state, and counters since the video process was started. */
export const VideoHealth = Type.Object({
  /** The numbers of rooms with a picture, of streams in them, and of encoders. */
  canvases: Type.Integer(),
  sources: Type.Integer(),
  outputs: Type.Integer(),
  /** Pictures that were decoded, refused by the decoder, and encoded. */
  decoded: Type.Integer(),
  decodeErrors: Type.Integer(),
  encoded: Type.Integer(),
  /** Because the process was too slow: pictures of rooms that were not composed, and received pictures that it did not take. */
  skipped: Type.Integer(),
  dropped: Type.Integer(),
  /** Milliseconds spent in decoding, composing and encoding. */
  workMs: Type.Number(),
  /** Processor time of all threads of the process since its start, milliseconds. */
  cpuMs: Type.Number(),
  /** How often the process died. */
  deaths: Type.Integer(),
  /** The index in `degradationSteps`, 0: none; then the limit that caused it. */
  degradation: Type.Integer({ minimum: 0, maximum: degradationSteps.length - 1 }),
  degradedBy: Type.Union([Type.Enum([...loadLimits]), Type.Null()]),
});
export type VideoHealth = Static<typeof VideoHealth>;

export const noVideoHealth = (): VideoHealth => ({
  ...{ canvases: 0, sources: 0, outputs: 0 },
  ...{ decoded: 0, decodeErrors: 0, encoded: 0, skipped: 0, dropped: 0, workMs: 0, cpuMs: 0, deaths: 0 },
  ...{ degradation: 0, degradedBy: null },
});

/** The load of a worker in its last second: shares, 0 … 1 unless stated otherwise. */
export const WorkerLoad = Type.Object({
  /** The share of due ticks that began more than 10 ms late, or were skipped. */
  lateTicks: Type.Number({ minimum: 0 }),
  /** Processor time of the mixing thread, as a share of one core. */
  mixerCpu: Type.Number({ minimum: 0 }),
  /** Processor time of the video process, as a share of one core: above 1 when it uses several. */
  videoCpu: Type.Number({ minimum: 0 }),
  /** The busy share of all processors of the machine. */
  machineCpu: Type.Number({ minimum: 0 }),
});
export type WorkerLoad = Static<typeof WorkerLoad>;

export const noLoad = (): WorkerLoad => ({ lateTicks: 0, mixerCpu: 0, videoCpu: 0, machineCpu: 0 });

/** The health report of a worker, once a second: counters since its start, latencies of the last second. */
export const WorkerHealth = Type.Object({
  legs: Type.Integer(),
  /** The number of legs whose packets are encrypted. */
  encryptedLegs: Type.Integer(),
  rooms: Type.Integer(),
  ticks: Type.Integer(),
  ticksSkipped: Type.Integer(),
  /** Ticks of single rooms, and received packets, whose handling threw because of a bug. */
  tickFailures: Type.Integer(),
  latenessP50Ms: Type.Number(),
  latenessP99Ms: Type.Number(),
  latenessMaxMs: Type.Number(),
  /** Ticks since the start by lateness: a count for each of `latenessBoundsMs`, one above, then the sum in milliseconds. */
  latenessBuckets: Type.Array(Type.Integer()),
  latenessSumMs: Type.Number(),
  tickCostP99Ms: Type.Number(),
  /** The longest stall of the mixing since the last report. */
  stallMs: Type.Number(),
  packetsReceived: Type.Integer(),
  packetsSent: Type.Integer(),
  packetsLost: Type.Integer(),
  packetsIgnored: Type.Integer(),
  /** STUN requests that were refused; DTLS packets from unknown sources, or beyond the rate limit. */
  stunRefused: Type.Integer(),
  dtlsRefused: Type.Integer(),
  /** SRTP and SRTCP packets that were not authentic; then replayed ones. */
  packetsForged: Type.Integer(),
  packetsReplayed: Type.Integer(),
  /** The sums over all legs; see `LegStats` for their meaning. */
  packetsUnsent: Type.Integer(),
  packetsUnreceived: Type.Integer(),
  concealedMs: Type.Number(),
  /** Audio removed or inserted to follow the far ends' clocks; received audio that was clipped. */
  correctedMs: Type.Number(),
  clippedMs: Type.Number(),
  /** The present maximum over the legs. */
  jitterMaxMs: Type.Number(),
  bufferMaxMs: Type.Number(),
  portsFree: Type.Integer(),
  rssBytes: Type.Integer(),
  heapUsedBytes: Type.Integer(),
  heapTotalBytes: Type.Integer(),
  externalBytes: Type.Integer(),
  /** How often a jitter buffer ran dry while the source was sending. */
  starvations: Type.Integer(),
  /** Pauses of the garbage collector: their number, their total time, and the longest of the last second. */
  gcPauses: Type.Integer(),
  gcMs: Type.Number(),
  gcMaxMs: Type.Number(),
  /** Whether the mixing thread has real-time priority. */
  realTime: Type.Boolean(),
  /** The number of legs with an echo. */
  echoes: Type.Integer(),
  /** Opinion scores of five seconds of one leg: a count for each of `mosBounds`, one above, then the sum. */
  mosBuckets: Type.Array(Type.Integer()),
  mosSum: Type.Number(),
  /** The sums over all legs since the start. */
  repairs: Repairs,
  load: WorkerLoad,
  video: VideoHealth,
});
export type WorkerHealth = Static<typeof WorkerHealth>;
