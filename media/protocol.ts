// The control channel, whole: every command, reply and fact that passes between the control process and a
// media worker, as TypeBox schemas from which both sides take types and validation. Frames are one JSON
// object a line (UTF-8, newline-delimited) on a Unix-domain socket on which the worker listens. No media byte
// passes here, and nothing of SIP or HTTP: a leg is an offer, an answer and what it hears.
import { type Static, type TObject, Type } from "typebox";
import type { LegId, RoomId } from "#common";

/** Raised whenever a frame changes its meaning; a client refuses a worker of another version. */
export const protocolVersion = 1;

/** A longer line is a broken peer: the connection is closed. */
export const maxFrameBytes = 1 << 20;

/** How a worker process exits whose settings are wrong: starting it again is of no use. */
export const exitWrongSettings = 2;

/** Upper bounds in which opinion scores, and the lateness of ticks, are counted. */
export const latenessBoundsMs: readonly number[] = [0.5, 1, 2, 3, 5, 10, 20, 50, 100, 200];
export const mosBounds: readonly number[] = [1.5, 2, 2.5, 3, 3.5, 4, 4.2, 4.3];

/** How far a leg's volume may be set, dB. */
export const volumeBounds = { minDb: -24, maxDb: 12 } as const;

const roomId = Type.Unsafe<RoomId>(Type.String({ minLength: 1, maxLength: 64 }));
const legId = Type.Unsafe<LegId>(Type.String({ minLength: 1, maxLength: 64 }));
const playId = Type.Integer({ minimum: 0 });
const volumeDb = Type.Number({ minimum: volumeBounds.minDb, maximum: volumeBounds.maxDb });
const none = Type.Object({});

/**
 * One thing to play. A `prompt` is a name of the prompt pack (`conf-getpin`, `digits/3`) and falls back to a
 * tone when no pack has it; a `tone` is one of the named signals; `silence` separates; a `clip` is a recording of
 * this bridge's own, left out when it is gone.
 */
export const PlayItem = Type.Union([
  Type.Object({ kind: Type.Literal("prompt"), name: Type.String({ minLength: 1, maxLength: 100 }) }),
  Type.Object({
    kind: Type.Literal("tone"),
    name: Type.Enum(["join", "leave", "error", "attention", "up", "down"]),
  }),
  Type.Object({ kind: Type.Literal("silence"), durationMs: Type.Integer({ minimum: 0, maximum: 60_000 }) }),
  Type.Object({ kind: Type.Literal("music") }),
  Type.Object({ kind: Type.Literal("clip"), name: Type.String({ minLength: 1, maxLength: 100 }) }),
]);
export type PlayItem = Static<typeof PlayItem>;

const items = Type.Array(PlayItem, { minItems: 1, maxItems: 50 });
const language = Type.String({ maxLength: 35 });

/** What a leg measured, as counted since it was created. Durations in milliseconds, levels in dBov. */
export const LegStats = Type.Object({
  codec: Type.Union([Type.String(), Type.Null()]),
  remote: Type.Union([Type.String(), Type.Null()]),
  packetsReceived: Type.Integer(),
  packetsSent: Type.Integer(),
  packetsLost: Type.Integer(),
  packetsLate: Type.Integer(),
  packetsIgnored: Type.Integer(),
  jitterMs: Type.Number(),
  bufferMs: Type.Number(),
  concealedMs: Type.Number(),
  levelDbov: Type.Number(),
  /** What the far end reports of our stream; null before its first RTCP report. */
  remoteLossPercent: Type.Union([Type.Number(), Type.Null()]),
  remoteJitterMs: Type.Union([Type.Number(), Type.Null()]),
  roundTripMs: Type.Union([Type.Number(), Type.Null()]),
  /** Of everything since the leg was made; a share of its packets, and of its time. */
  lossPercent: Type.Number(),
  concealedPercent: Type.Number(),
  /** Times the buffer ran dry; audio that was cut or put in to follow the far end's clock; clipped audio. */
  starvations: Type.Integer(),
  correctedMs: Type.Number(),
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
});
export type LegStats = Static<typeof LegStats>;

/** A worker's second: counters since its start, latencies of the last second. */
export const WorkerHealth = Type.Object({
  legs: Type.Integer(),
  rooms: Type.Integer(),
  ticks: Type.Integer(),
  ticksSkipped: Type.Integer(),
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
  concealedMs: Type.Number(),
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
  /** Legs that send back what they hear. */
  echoes: Type.Integer(),
  /** Opinion scores of five seconds of a leg each: how many up to each of `mosBounds`, how many above, the sum. */
  mosBuckets: Type.Array(Type.Integer()),
  mosSum: Type.Number(),
});
export type WorkerHealth = Static<typeof WorkerHealth>;

/** Every command: what it takes and what its reply carries. All are idempotent where repeating makes sense. */
export const commands = {
  /** First on a connection. */
  hello: {
    params: Type.Object({ protocolVersion: Type.Integer() }),
    result: Type.Object({ protocolVersion: Type.Integer(), pid: Type.Integer() }),
  },
  /** The heartbeat; answered from the event loop, so a stalled worker does not answer. */
  ping: { params: none, result: none },

  "room.open": { params: Type.Object({ room: roomId }), result: none },
  /** Closes the room; its legs stay and hear silence. */
  "room.close": { params: Type.Object({ room: roomId }), result: none },
  /** Mixes the items into what everybody in the room hears. */
  "room.play": { params: Type.Object({ room: roomId, items, language }), result: none },

  /**
   * Makes a leg and its ports. With an offer the reply carries the answer; with `offer: null` it carries an
   * offer, and `leg.answer` must follow. Errors: BAD_SDP, NO_COMMON_CODEC, NO_PORTS.
   */
  "leg.create": {
    params: Type.Object({
      leg: legId,
      offer: Type.Union([Type.String({ maxLength: 65_536 }), Type.Null()]),
      /** The interface to bind, and the address to write into SDP: they differ behind NAT. */
      bindAddress: Type.String(),
      advertisedAddress: Type.String(),
      /** What may be spoken, in the order of our offers; an answer keeps the offerer's order. All by default. */
      codecs: Type.Optional(
        Type.Array(Type.Enum(["opus", "G722", "PCMA", "PCMU"]), {
          minItems: 1,
          maxItems: 4,
          uniqueItems: true,
        }),
      ),
    }),
    result: Type.Object({ sdp: Type.String() }),
  },
  /** The answer to the offer that `leg.create` or `leg.offer` made. */
  "leg.answer": {
    params: Type.Object({ leg: legId, answer: Type.String({ maxLength: 65_536 }) }),
    result: none,
  },
  /** A re-INVITE's or UPDATE's offer on a live leg; on an error the leg stays as it was. */
  "leg.reoffer": {
    params: Type.Object({ leg: legId, offer: Type.String({ maxLength: 65_536 }) }),
    result: Type.Object({ sdp: Type.String() }),
  },
  /** Our current description again, as an offer (an INVITE without SDP inside a dialog). */
  "leg.offer": { params: Type.Object({ leg: legId }), result: Type.Object({ sdp: Type.String() }) },
  /** Puts the leg into the room's mix; leaves another room first. */
  "leg.join": { params: Type.Object({ leg: legId, room: roomId }), result: none },
  "leg.leave": { params: Type.Object({ leg: legId }), result: none },
  /** A muted leg is not summed; it still hears and its keys still count. */
  "leg.mute": { params: Type.Object({ leg: legId, muted: Type.Boolean() }), result: none },
  /** How loud the leg hears and is heard, and whether automatic gain levels its voice. What is absent stays. */
  "leg.volume": {
    params: Type.Object({
      leg: legId,
      listenDb: Type.Optional(volumeDb),
      speakDb: Type.Optional(volumeDb),
      agc: Type.Optional(Type.Boolean()),
    }),
    result: none,
  },
  /** Plays to this leg alone, above the mix. The fact `leg.played` ends it. `interruptible` stops at a key. */
  "leg.play": {
    params: Type.Object({
      leg: legId,
      play: playId,
      items,
      language,
      loop: Type.Boolean(),
      interruptible: Type.Boolean(),
    }),
    result: none,
  },
  /** Stops what plays; nothing playing is no error. */
  "leg.stop": { params: Type.Object({ leg: legId }), result: none },
  "leg.stats": { params: Type.Object({ leg: legId }), result: LegStats },
  /** Frees the ports and answers with the last statistics. */
  "leg.close": { params: Type.Object({ leg: legId }), result: LegStats },
} as const satisfies Record<string, { params: TObject; result: TObject }>;

export type CommandName = keyof typeof commands;
export type CommandParams<Name extends CommandName> = Static<(typeof commands)[Name]["params"]>;
export type CommandResult<Name extends CommandName> = Static<(typeof commands)[Name]["result"]>;

/** Every fact a worker tells unasked. A fact never overtakes the reply to the command that caused it. */
export const facts = {
  "worker.health": WorkerHealth,
  /** A key, once a press, at its end or after its first 40 ms, whichever way it came. */
  "leg.dtmf": Type.Object({
    leg: legId,
    digit: Type.String({ pattern: "^[0-9*#A-D]$" }),
    durationMs: Type.Number(),
    /** As an event of its own, or as tones in the audio: those are told as soon as they are certain. */
    via: Type.Enum(["rfc4733", "inband"]),
  }),
  "leg.played": Type.Object({
    leg: legId,
    play: playId,
    outcome: Type.Enum(["finished", "interrupted", "stopped"]),
  }),
  "leg.talking": Type.Object({ leg: legId, talking: Type.Boolean() }),
  /** No packet for five seconds on a leg that should send; `heard` when they come again. */
  "leg.inbound": Type.Object({ leg: legId, state: Type.Enum(["silent", "heard"]) }),
  /** The far end put us on hold: it does not hear us, and what it sends is not its voice. Told when it changes. */
  "leg.held": Type.Object({ leg: legId, held: Type.Boolean() }),
  /** The far end's media address was learnt or has moved. */
  "leg.latched": Type.Object({ leg: legId, remote: Type.String() }),
} as const satisfies Record<string, TObject>;

export type FactName = keyof typeof facts;
export type Fact<Name extends FactName = FactName> = Static<(typeof facts)[Name]>;

/** Why a command failed; the message says it in words. */
export const errorCodes = [
  "BAD_REQUEST",
  "BAD_SDP",
  "NO_COMMON_CODEC",
  "NO_PORTS",
  "NO_SUCH_LEG",
  "NO_SUCH_ROOM",
  "WRONG_STATE",
  "INTERNAL",
] as const;
export type MediaErrorCode = (typeof errorCodes)[number];

/** The frames themselves. `id` counts up from 1 on each connection. */
export type CommandFrame = { id: number; command: CommandName; params: unknown };
export type ReplyFrame =
  | { id: number; result: unknown }
  | { id: number; error: { code: MediaErrorCode; message: string } };
export type FactFrame = { fact: FactName; data: unknown };
