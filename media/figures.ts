// The figures that pass over the control channel: what one leg measured, and a worker's second.
import { type Static, Type } from "typebox";

/** Upper bounds in which opinion scores, and the lateness of ticks, are counted. */
export const latenessBoundsMs: readonly number[] = [0.5, 1, 2, 3, 5, 10, 20, 50, 100, 200];
export const mosBounds: readonly number[] = [1.5, 2, 2.5, 3, 3.5, 4, 4.2, 4.3];

/**
 * What a far end did against the standards and was understood all the same, by kind: packets of keys in a stream beside
 * the audio's, packets of keys and of audio whose timestamp was not believed, packets with a number that we had offered
 * and the answer had replaced, legs whose packets said by their audio level that they were silent and were loud,
 * packets whose padding bit or SSRC was not believed, or whose sequence number, streams of SRTP that began anew by the same
 * key, master key identifiers other than announced, payloads of video against their format, and descriptions: lines passed
 * over or mended, host names looked up.
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

/** What a leg measured of its camera's line of video, in both directions, as counted since it was created. */
export const VideoStats = Type.Object({
  /** What is received and what is sent; null while nothing is. */
  codecIn: Type.Union([Type.String(), Type.Null()]),
  codecOut: Type.Union([Type.String(), Type.Null()]),
  /** Of the picture that is sent, pixels; 0 before the first. */
  width: Type.Integer(),
  height: Type.Integer(),
  /** Of the picture that came last; 0 before the first key frame. */
  receivedWidth: Type.Integer(),
  receivedHeight: Type.Integer(),
  packetsReceived: Type.Integer(),
  packetsLost: Type.Integer(),
  packetsSent: Type.Integer(),
  /** Sent again because the far end missed them. */
  packetsRepeated: Type.Integer(),
  /** Malformed, of no agreed type, or from a stranger. */
  packetsIgnored: Type.Integer(),
  framesReceived: Type.Integer(),
  /** Pictures that came and could not be decoded, because they or a picture that they refer to were broken; and what was wrong with the last broken one. */
  framesDropped: Type.Integer(),
  dropReason: Type.Union([
    Type.Enum(["incomplete", "malformed", "unsupported", "too large", "no parameter sets", "no key frame"]),
    Type.Null(),
  ]),
  framesSent: Type.Integer(),
  keyFrameRequestsSent: Type.Integer(),
  keyFrameRequestsReceived: Type.Integer(),
  /** Payload of the last second. */
  kbpsIn: Type.Integer(),
  kbpsOut: Type.Integer(),
  /** What the far end reports of our stream; null before its first report. */
  remoteLossPercent: Type.Union([Type.Number(), Type.Null()]),
});
export type VideoStats = Static<typeof VideoStats>;

/** What a leg measured, as counted since it was created. Durations in milliseconds, levels in dBov. */
export const LegStats = Type.Object({
  codec: Type.Union([Type.String(), Type.Null()]),
  /** The SRTP suite; null: packets pass in the clear. */
  encryption: Type.Union([Type.String(), Type.Null()]),
  remote: Type.Union([Type.String(), Type.Null()]),
  /** Of the audio, as our side has agreed it: `sendonly`, the far end only listens. Absent before something was agreed. */
  direction: Type.Optional(Type.Enum(["sendrecv", "sendonly", "recvonly", "inactive"])),
  packetsReceived: Type.Integer(),
  packetsSent: Type.Integer(),
  packetsLost: Type.Integer(),
  packetsLate: Type.Integer(),
  packetsIgnored: Type.Integer(),
  /** Of SRTP and SRTCP: not authentic; and taken before, or too old to know. */
  packetsForged: Type.Integer(),
  packetsReplayed: Type.Integer(),
  /**
   * Of all sockets of the leg, RTCP, video and ICE too: packets that the system did not send (`packetsSent` counts them as well), why the
   * last of them was not, by the system's name such as EPERM, or SRTP; and datagrams that were too long, or that it did not hand over.
   */
  packetsUnsent: Type.Integer(),
  unsentReason: Type.Union([Type.String({ maxLength: 32 }), Type.Null()]),
  packetsUnreceived: Type.Integer(),
  jitterMs: Type.Number(),
  bufferMs: Type.Number(),
  concealedMs: Type.Number(),
  levelDbov: Type.Number(),
  /** What the far end reports of our stream; null before its first RTCP report. */
  remoteLossPercent: Type.Union([Type.Number(), Type.Null()]),
  remoteJitterMs: Type.Union([Type.Number(), Type.Null()]),
  roundTripMs: Type.Union([Type.Number(), Type.Null()]),
  /** Its RTCP reports; and those of them that show further packets of ours to have arrived. */
  reports: Type.Integer(),
  reportsOfAudio: Type.Integer(),
  /** Presses that came as events (RFC 4733) and as tones in the audio; whether events were agreed. */
  keyEvents: Type.Integer(),
  keyTones: Type.Integer(),
  keyEventsAgreed: Type.Boolean(),
  /** Of everything since the leg was made; a share of its packets, and of its time. */
  lossPercent: Type.Number(),
  concealedPercent: Type.Number(),
  /** Times the buffer ran dry; audio that was cut or put in to follow the far end's clock; clipped audio. */
  starvations: Type.Integer(),
  correctedMs: Type.Number(),
  /** Of the corrected audio what was put in less what was cut out: below 0, the far end's clock is the faster one. */
  driftMs: Type.Number(),
  clippedMs: Type.Number(),
  /** How loud the voice is while it sounds, and what automatic gain makes of it; null before it was heard. */
  voiceDbov: Type.Union([Type.Number(), Type.Null()]),
  gainDb: Type.Number(),
  /** Opinion scores, 1 … 4.5: of the last five seconds and of the whole call from the leg, and at its ear. */
  mos: Type.Union([Type.Number(), Type.Null()]),
  meanMos: Type.Union([Type.Number(), Type.Null()]),
  remoteMos: Type.Union([Type.Number(), Type.Null()]),
  /** The leg sends back what it hears, so much later. */
  echo: Type.Boolean(),
  echoDelayMs: Type.Union([Type.Number(), Type.Null()]),
  repairs: Repairs,
  /** Null: no video is agreed on. */
  video: Type.Union([VideoStats, Type.Null()]),
});
export type LegStats = Static<typeof LegStats>;

/** What rooms have of their framerate and of the sides of their pictures while the machine is near its limit, step by step. */
export const degradationSteps = [
  { rate: 1, size: 1 },
  { rate: 1 / 2, size: 1 },
  { rate: 1 / 3, size: 1 },
  { rate: 1 / 3, size: 2 / 3 },
  { rate: 1 / 3, size: 1 / 2 },
] as const;

/** The last one at which pictures have their size: recordings, whose picture has one size, go no further. */
export const lastWholeStep = degradationSteps.findLastIndex(({ size }) => size === 1);

/** What pictures are degraded for: the figures of the load that are too high. */
export const loadLimits = [
  "lateTicks",
  "mixerCpu",
  "videoCpu",
  "machineCpu",
] as const satisfies (keyof WorkerLoad)[];
export type LoadLimit = (typeof loadLimits)[number];

/** The pictures of a worker's rooms: the present state, and counters since the video process began. */
export const VideoHealth = Type.Object({
  /** Rooms with a picture, streams that are shown in them, encoders. */
  canvases: Type.Integer(),
  sources: Type.Integer(),
  outputs: Type.Integer(),
  /** Pictures that were decoded, that the decoder refused, that were encoded. */
  decoded: Type.Integer(),
  decodeErrors: Type.Integer(),
  encoded: Type.Integer(),
  /** Pictures of rooms that were due and not made; coded pictures of senders that did not reach the process: it lagged. */
  skipped: Type.Integer(),
  dropped: Type.Integer(),
  /** Time in decoders, in composing and in encoders. */
  workMs: Type.Number(),
  /** Processor time of the process in all its threads, since it began. */
  cpuMs: Type.Number(),
  /** Times that the process died. */
  deaths: Type.Integer(),
  /** Of `degradationSteps`: 0 is none, and which limit brought it about. */
  degradation: Type.Integer({ minimum: 0, maximum: degradationSteps.length - 1 }),
  degradedBy: Type.Union([Type.Enum([...loadLimits]), Type.Null()]),
});
export type VideoHealth = Static<typeof VideoHealth>;

export const noVideoHealth = (): VideoHealth => ({
  ...{ canvases: 0, sources: 0, outputs: 0 },
  ...{ decoded: 0, decodeErrors: 0, encoded: 0, skipped: 0, dropped: 0, workMs: 0, cpuMs: 0, deaths: 0 },
  ...{ degradation: 0, degradedBy: null },
});

/** How loaded a worker was in its last second: shares, 0 … 1 where nothing else is said. */
export const WorkerLoad = Type.Object({
  /** Of the ticks that were due: those that began more than 10 ms late, or were given up. */
  lateTicks: Type.Number({ minimum: 0 }),
  /** Of one core, taken by the thread that mixes. */
  mixerCpu: Type.Number({ minimum: 0 }),
  /** Of one core, taken by the worker's video process: above 1 where it uses several. */
  videoCpu: Type.Number({ minimum: 0 }),
  /** Of all processors of the machine, whatever keeps them busy. */
  machineCpu: Type.Number({ minimum: 0 }),
});
export type WorkerLoad = Static<typeof WorkerLoad>;

export const noLoad = (): WorkerLoad => ({ lateTicks: 0, mixerCpu: 0, videoCpu: 0, machineCpu: 0 });

/** A worker's second: counters since its start, latencies of the last second. */
export const WorkerHealth = Type.Object({
  legs: Type.Integer(),
  /** Of the legs, those whose packets are encrypted. */
  encryptedLegs: Type.Integer(),
  rooms: Type.Integer(),
  ticks: Type.Integer(),
  ticksSkipped: Type.Integer(),
  /** Ticks of single rooms, and received packets, that failed of a bug. */
  tickFailures: Type.Integer(),
  latenessP50Ms: Type.Number(),
  latenessP99Ms: Type.Number(),
  latenessMaxMs: Type.Number(),
  /** Ticks since the start: how many were late by at most each of `latenessBoundsMs`, how many by more, the sum. */
  latenessBuckets: Type.Array(Type.Integer()),
  latenessSumMs: Type.Number(),
  tickCostP99Ms: Type.Number(),
  /** The longest time that the mixing stood still since the last of these. */
  stallMs: Type.Number(),
  packetsReceived: Type.Integer(),
  packetsSent: Type.Integer(),
  packetsLost: Type.Integer(),
  packetsIgnored: Type.Integer(),
  /** STUN that was not answered; DTLS of others than the far ends, or too much of it. */
  stunRefused: Type.Integer(),
  dtlsRefused: Type.Integer(),
  /** SRTP and SRTCP that was not authentic, or had been taken before. */
  packetsForged: Type.Integer(),
  packetsReplayed: Type.Integer(),
  /** Of all legs together; what each of them counts is said in `LegStats`. */
  packetsUnsent: Type.Integer(),
  packetsUnreceived: Type.Integer(),
  concealedMs: Type.Number(),
  /** Audio cut or put in to follow the far ends' clocks; audio that was clipped when it came. */
  correctedMs: Type.Number(),
  clippedMs: Type.Number(),
  /** Of the leg with the most, now. */
  jitterMaxMs: Type.Number(),
  bufferMaxMs: Type.Number(),
  portsFree: Type.Integer(),
  rssBytes: Type.Integer(),
  heapUsedBytes: Type.Integer(),
  heapTotalBytes: Type.Integer(),
  externalBytes: Type.Integer(),
  /** Times that a leg's buffer ran dry while its source was sending. */
  starvations: Type.Integer(),
  /** Pauses of the garbage collector: how many, how long in all, the longest of the last second. */
  gcPauses: Type.Integer(),
  gcMs: Type.Number(),
  gcMaxMs: Type.Number(),
  /** The mixer goes before all other work of the machine. */
  realTime: Type.Boolean(),
  /** Legs that send back what they hear. */
  echoes: Type.Integer(),
  /** Opinion scores of five seconds of a leg each: how many up to each of `mosBounds`, how many above, the sum. */
  mosBuckets: Type.Array(Type.Integer()),
  mosSum: Type.Number(),
  /** Of all legs since the start. */
  repairs: Repairs,
  load: WorkerLoad,
  video: VideoHealth,
});
export type WorkerHealth = Static<typeof WorkerHealth>;
