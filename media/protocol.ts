// The control channel, whole: every command, reply and notification that passes between the control process and a
// media worker, as TypeBox schemas from which both sides take types and validation. Frames are one JSON
// object a line (UTF-8, newline-delimited) on a Unix-domain socket on which the worker listens. No media byte
// passes here, and nothing of SIP or HTTP: a leg is an offer, an answer and what it hears.
import { type Static, type TObject, Type } from "typebox";
import type { LegId, RecordingId, RoomId } from "#common";
import { LegStats, WorkerHealth } from "./figures.ts";

export {
  addRepairs,
  degradationSteps,
  LegStats,
  type LoadLimit,
  lastWholeStep,
  latenessBoundsMs,
  loadLimits,
  mosBounds,
  noLoad,
  noRepairs,
  noVideoHealth,
  Repairs,
  VideoHealth,
  VideoStats,
  WorkerHealth,
  WorkerLoad,
} from "./figures.ts";

/**
 * Raised whenever a frame changes its meaning. A client of another version drains a worker: `hello`, `worker.drain` and the
 * notification `legs.checkpoint` keep their form for ever.
 */
export const protocolVersion = 9;

/** A longer line is a broken peer: the connection is closed. */
export const maxFrameBytes = 1 << 20;

/** How a worker process exits whose settings are wrong: starting it again is of no use. */
export const exitWrongSettings = 2;

/** Legs of one question for figures: the answer holds the worker's event loop for a fraction of a millisecond. */
export const maxLegsAsked = 32;

/** How long a leg may be dumped, milliseconds. */
const maxDumpMs = 300_000;

/** How far a leg's volume may be set, dB. */
export const volumeBounds = { minDb: -24, maxDb: 12 } as const;

const roomId = Type.Unsafe<RoomId>(Type.String({ minLength: 1, maxLength: 64 }));
const legId = Type.Unsafe<LegId>(Type.String({ minLength: 1, maxLength: 64 }));
const recordingId = Type.Unsafe<RecordingId>(Type.String({ minLength: 1, maxLength: 64 }));
const playId = Type.Integer({ minimum: 0 });
const volumeDb = Type.Number({ minimum: volumeBounds.minDb, maximum: volumeBounds.maxDb });
const sipAddress = Type.String({ maxLength: 64 });
const clipName = Type.String({ minLength: 1, maxLength: 100 });
const none = Type.Object({});
/**
 * What a worker tells of a leg for a successor: only workers read it. Keys of SRTP are in it: it is never logged, and stored
 * nowhere that others can read.
 */
const legState = Type.String({ maxLength: maxFrameBytes });
const withState = Type.Object({ state: legState });
const sdpWithState = Type.Object({ sdp: Type.String(), state: legState });

const pictureSize = {
  width: Type.Integer({ minimum: 16, maximum: 1920 }),
  height: Type.Integer({ minimum: 16, maximum: 1088 }),
};

/** What every viewer of a room is sent at most, and what a leg offers. */
export const VideoLimits = Type.Object({
  ...pictureSize,
  framerate: Type.Integer({ minimum: 1, maximum: 30 }),
  kbps: Type.Integer({ minimum: 32, maximum: 20_000 }),
});
export type VideoLimits = Static<typeof VideoLimits>;

/** The camera or the shared screen of a leg (RFC 4796). */
const content = Type.Enum(["main", "slides"]);

/** The participant in one cell of a room's picture. Without pictures for a second a card with the name is shown. */
export const SceneCell = Type.Object({
  leg: legId,
  content,
  name: Type.String({ maxLength: 64 }),
  muted: Type.Boolean(),
});
export type SceneCell = Static<typeof SceneCell>;

/** Numbers of cells that a picture may be divided into. */
export const sceneLayouts = [1, 2, 3, 4, 6, 9] as const;

/**
 * One thing to play. A `prompt` is a name of the prompt pack (`conf-getpin`, `digits/3`) and falls back to a
 * tone when no pack has it; a `tone` is one of the named signals; `silence` separates; a `clip` is a recording of
 * this bridge's own, left out when it is gone, and a `passing` one is not kept in memory once it was heard.
 */
export const PlayItem = Type.Union([
  Type.Object({ kind: Type.Literal("prompt"), name: Type.String({ minLength: 1, maxLength: 100 }) }),
  Type.Object({
    kind: Type.Literal("tone"),
    name: Type.Enum(["join", "leave", "error", "attention", "up", "down", "ringback", "busy"]),
  }),
  Type.Object({ kind: Type.Literal("silence"), durationMs: Type.Integer({ minimum: 0, maximum: 60_000 }) }),
  Type.Object({ kind: Type.Literal("music") }),
  Type.Object({ kind: Type.Literal("clip"), name: clipName, passing: Type.Optional(Type.Boolean()) }),
]);
export type PlayItem = Static<typeof PlayItem>;

const items = Type.Array(PlayItem, { minItems: 1, maxItems: 50 });
const language = Type.String({ maxLength: 35 });

interface CommandSchema {
  readonly params: TObject;
  readonly result: TObject;
  /** Milliseconds in which the reply must come; absent: the controller's usual limit. */
  readonly limitMs?: number;
}

/** Every command: what it takes and what its reply carries. All are idempotent where repeating makes sense. */
export const commands = {
  /** First on a connection. */
  hello: {
    params: Type.Object({ protocolVersion: Type.Integer() }),
    result: Type.Object({ protocolVersion: Type.Integer(), pid: Type.Integer() }),
  },
  /** The heartbeat; answered from the event loop, so a stalled worker does not answer. */
  ping: { params: none, result: none },
  /**
   * For a controller that goes on where another one has ended: what this worker holds. Afterwards come `leg.facts` of every leg and
   * the notifications of the time without a controller, then those of now. They are gathered until this is asked for.
   */
  "worker.attach": {
    params: none,
    result: Type.Object({
      rooms: Type.Array(roomId),
      legs: Type.Array(legId),
      /** What is being recorded. */
      recordings: Type.Array(recordingId),
    }),
  },
  /**
   * Ends the mixing so that a successor goes on with the legs; needs no `hello`. Recordings are ended, and their files closed, while
   * it still mixes. Before the reply come `leg.facts` and how far each leg has come (`legs.checkpoint`), and the notifications of the
   * time without a controller. After it the process does nothing more; its legs keep their ports until it is killed, and no far
   * end is told anything.
   */
  "worker.drain": {
    limitMs: 5000,
    params: none,
    result: none,
  },
  /** The ports of its legs from now on: a process without legs takes the place of one that has died. Error: WRONG_STATE. */
  "worker.ports": {
    params: Type.Object({
      portMin: Type.Integer({ minimum: 1024, maximum: 65_534 }),
      portMax: Type.Integer({ minimum: 1025, maximum: 65_535 }),
    }),
    result: none,
  },

  /**
   * With `video` the room has a picture, which `room.scene` arranges. Opening an open room changes its limits, or with null
   * closes the picture; absent, it stays as it is.
   */
  "room.open": {
    params: Type.Object({ room: roomId, video: Type.Optional(Type.Union([VideoLimits, Type.Null()])) }),
    result: none,
  },
  /** Sets the participants in the cells; null: an empty cell. Error: WRONG_STATE when the room has no picture. */
  "room.scene": {
    params: Type.Object({
      room: roomId,
      layout: Type.Enum([...sceneLayouts]),
      cells: Type.Array(Type.Union([SceneCell, Type.Null()]), { maxItems: 9 }),
      /** Written above the picture; empty: nothing is. */
      title: Type.Optional(Type.String({ maxLength: 128 })),
      /** The time of day is written into the picture, in that time zone (an IANA name). */
      clock: Type.Optional(
        Type.Object({ timezone: Type.String({ maxLength: 64 }), seconds: Type.Boolean() }),
      ),
      /** Cameras' pictures fill their cells, and what stands out is cut off; otherwise they are seen whole, with bars. */
      crop: Type.Optional(Type.Boolean()),
    }),
    result: none,
  },
  /**
   * Writes the room's picture as it is now into a new file, JPEG. Errors: NO_SUCH_ROOM, WRONG_STATE without a picture,
   * UNAVAILABLE while the video process starts.
   */
  "room.snapshot": {
    params: Type.Object({ room: roomId, path: Type.String({ minLength: 1, maxLength: 3000 }) }),
    result: none,
  },
  /** Closes the room; its legs stay and hear silence. */
  "room.close": { params: Type.Object({ room: roomId }), result: none },
  /** Mixes the items into what the whole room hears. The reply to a play with passing clips comes once they are open. */
  "room.play": { params: Type.Object({ room: roomId, items, language }), result: none },

  /**
   * Records the room's mix, into `path` and the format's extension; the reply comes once the
   * file is there. `recording.ended` ends it, also when the room closes. Errors: NO_SUCH_ROOM, WRONG_STATE when
   * the room is being recorded, CANNOT_RECORD.
   */
  "recording.start": {
    // Its thread is started with the first one: on a machine at full load that takes longer than any other answer.
    limitMs: 30_000,
    params: Type.Object({
      room: roomId,
      recording: recordingId,
      path: Type.String({ minLength: 1, maxLength: 3000 }),
      /** mp4: with the room's picture, where it has one. */
      format: Type.Enum(["mp3", "wav", "mp4"]),
      /** Samples a second. */
      rate: Type.Enum([8000, 16_000, 48_000]),
      /** Of MP3, and of the audio in MP4. */
      kbps: Type.Integer({ minimum: 32, maximum: 160 }),
      /** Beside the mix a file for each leg that speaks: `path`, a dot, the leg's id, the extension. */
      separate: Type.Boolean(),
      /** It goes on with the recording of a process that died, of which something is in another file. */
      further: Type.Optional(Type.Boolean()),
      /** mp4: the size of its pictures, which the room's picture has as long as it is recorded. Absent: as the room's is. */
      picture: Type.Optional(Type.Object(pictureSize)),
    }),
    result: none,
  },
  /** Stopping one that does not run changes nothing. */
  "recording.stop": { params: Type.Object({ recording: recordingId }), result: none },

  /**
   * Makes a leg and its ports. With an offer the reply carries the answer; with `offer: null` it carries an
   * offer, and `leg.answer` must follow. Errors: BAD_SDP, NO_COMMON_CODEC, NO_PORTS;
   * INCOMPATIBLE_NETWORK, INCOMPATIBLE_ADDRESS or MULTICAST_ADDRESS when media cannot go where the offer says;
   * INCOMPATIBLE_TRANSPORT when it may not or cannot be encrypted as the offer says.
   */
  "leg.create": {
    params: Type.Object({
      leg: legId,
      offer: Type.Union([Type.String({ maxLength: 65_536 }), Type.Null()]),
      /** The interface to bind, and the address to write into SDP: they differ behind NAT. */
      bindAddress: Type.String(),
      advertisedAddress: Type.String(),
      /** Where the far end's SIP messages come from: behind NAT, so does its media. */
      sipAddress: Type.Optional(sipAddress),
      /** What may be spoken, in the order of our offers; an answer keeps the offerer's order. All by default. */
      codecs: Type.Optional(
        Type.Array(Type.Enum(["opus", "G722", "PCMA", "PCMU"]), {
          minItems: 1,
          maxItems: 4,
          uniqueItems: true,
        }),
      ),
      /**
       * SRTP. `forbid`: never. `accept` (the default): as the far end offers; our offers are in the clear. `offer`: our
       * offers carry keys that the far end may leave out. `require`: nothing in the clear. `dtls`: the same, and our offers
       * are those of WebRTC.
       */
      srtp: Type.Optional(Type.Enum(["forbid", "accept", "offer", "require", "dtls"])),
      /** It takes the place of a leg that is on hold: a far end which only sends goes on doing so, and is not heard. */
      held: Type.Optional(Type.Boolean()),
      /** Video may be agreed on, of that size at most. Absent: every line of video is answered with port 0. */
      video: Type.Optional(VideoLimits),
    }),
    result: sdpWithState,
  },
  /**
   * Makes a leg that goes on where a leg of another process was: `state` as that has told last, `checkpoint` as it was in the
   * notification `legs.checkpoint` since. Both say when they were made. `moved`: its ports could not be bound again; the far end is to be made an offer
   * with the new ones. Errors: NO_PORTS, WRONG_STATE when the leg exists, BAD_REQUEST when it cannot be read.
   */
  "leg.restore": {
    params: Type.Object({
      leg: legId,
      state: legState,
      checkpoint: Type.Optional(legState),
    }),
    result: Type.Object({ state: legState, moved: Type.Boolean() }),
  },
  /** The answer to the offer that `leg.create` or `leg.offer` made. */
  "leg.answer": {
    params: Type.Object({
      leg: legId,
      answer: Type.String({ maxLength: 65_536 }),
      sipAddress: Type.Optional(sipAddress),
    }),
    result: withState,
  },
  /** A re-INVITE's or UPDATE's offer on a live leg; on an error the leg stays as it was. */
  "leg.reoffer": {
    params: Type.Object({
      leg: legId,
      offer: Type.String({ maxLength: 65_536 }),
      sipAddress: Type.Optional(sipAddress),
    }),
    result: sdpWithState,
  },
  /**
   * Our current description again, as an offer (an INVITE without SDP inside a dialog). With `video` it may have video from
   * now on, and offers it if it could not before: a caller whom the lobby has led into a room with a picture. With null its
   * lines of video are inactive until they are offered again: the room has no picture any more.
   */
  "leg.offer": {
    params: Type.Object({
      leg: legId,
      video: Type.Optional(Type.Union([VideoLimits, Type.Null()])),
      /** The far end is put on hold: it is to send nothing until the next offer. */
      hold: Type.Optional(Type.Boolean()),
    }),
    result: sdpWithState,
  },
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
  /** Plays to this leg alone, above the mix. The notification `leg.played` ends it. */
  "leg.play": {
    params: Type.Object({
      leg: legId,
      play: playId,
      items,
      language,
      loop: Type.Boolean(),
    }),
    result: none,
  },
  /** Stops what plays; nothing playing is no error. */
  "leg.stop": { params: Type.Object({ leg: legId }), result: none },
  /**
   * Keeps what this leg says as a new clip, trimmed and as loud as speech: until silence, the bound or
   * `leg.capture.finish`; `leg.captured` ends it. Errors: WRONG_STATE while one runs, CANNOT_RECORD.
   */
  "leg.capture": {
    params: Type.Object({
      leg: legId,
      clip: clipName,
      /** How long the first word is waited for, and how long nothing is heard before it is over. */
      patienceMs: Type.Integer({ minimum: 100, maximum: 10_000 }),
      silenceMs: Type.Integer({ minimum: 100, maximum: 10_000 }),
      maxMs: Type.Integer({ minimum: 100, maximum: 10_000 }),
    }),
    result: none,
  },
  /** Keeps what was captured until now; nothing running is no error. */
  "leg.capture.finish": { params: Type.Object({ leg: legId }), result: none },
  /**
   * Dumps this leg into a new file, for looking for faults: `rtp` its datagrams of both directions as pcap, `pcm` its audio as
   * a WAV file, left what it says, right what it hears. Until the time, `leg.dump.stop` or the leg's end; `leg.dumped` ends it.
   * The file may be read once `leg.dumped` or the reply to `leg.close` has come. Errors: WRONG_STATE while one runs or
   * too many legs are being dumped, CANNOT_RECORD.
   */
  "leg.dump": {
    params: Type.Object({
      leg: legId,
      path: Type.String({ minLength: 1, maxLength: 3000 }),
      format: Type.Enum(["rtp", "pcm"]),
      maxMs: Type.Integer({ minimum: 1, maximum: maxDumpMs }),
    }),
    result: none,
  },
  /** Answered when the file is closed; nothing running is no error. */
  "leg.dump.stop": { params: Type.Object({ leg: legId }), result: none },
  /**
   * Sends DTMF digits to the far end as RFC 4733 events of 100 ms, 100 ms apart. Error: WRONG_STATE when the far end
   * has not agreed to telephone events, or when more than 64 digits are queued.
   */
  "leg.sendDtmf": {
    params: Type.Object({ leg: legId, digits: Type.String({ pattern: "^[0-9*#A-D]{1,32}$" }) }),
    result: none,
  },
  /** The next picture that this leg is sent is a key frame (RFC 5168). Without video nothing happens. */
  "leg.keyframe": { params: Type.Object({ leg: legId }), result: none },
  "leg.stats": { params: Type.Object({ leg: legId }), result: LegStats },
  /** Of several legs at once, in the order of the question; null for a leg that is not there. */
  "legs.stats": {
    params: Type.Object({ legs: Type.Array(legId, { minItems: 1, maxItems: maxLegsAsked }) }),
    result: Type.Object({ stats: Type.Array(Type.Union([LegStats, Type.Null()])) }),
  },
  /** Frees the ports and answers with the last statistics. */
  "leg.close": { params: Type.Object({ leg: legId }), result: LegStats },
} as const satisfies Record<string, CommandSchema>;

export type CommandName = keyof typeof commands;
export type CommandParams<Name extends CommandName> = Static<(typeof commands)[Name]["params"]>;
/** The participants in the cells of a room's picture. */
export type RoomScene = Omit<CommandParams<"room.scene">, "room">;
export type CommandResult<Name extends CommandName> = Static<(typeof commands)[Name]["result"]>;

/** Milliseconds in which the reply to that command must come; undefined: the controller's usual limit. */
export const limitOf = (name: CommandName): number | undefined => (commands[name] as CommandSchema).limitMs;

/** What the last notifications about a leg's state were; absent: there was none of that kind. */
export const LegFacts = Type.Object({
  talking: Type.Optional(Type.Boolean()),
  held: Type.Optional(Type.Boolean()),
  inbound: Type.Optional(Type.Enum(["silent", "heard"])),
  silentMs: Type.Optional(Type.Integer({ minimum: 0 })),
  secured: Type.Optional(
    Type.Object({ suite: Type.Union([Type.String({ maxLength: 64 }), Type.Null()]), dtls: Type.Boolean() }),
  ),
  latched: Type.Optional(Type.String({ maxLength: 64 })),
  /** What it sends that can be decoded, or is refused; as in `leg.video`. */
  pictures: Type.Optional(
    Type.Array(
      Type.Object({
        content,
        sending: Type.Boolean(),
        refused: Type.Boolean(),
        width: Type.Integer({ minimum: 0 }),
        height: Type.Integer({ minimum: 0 }),
      }),
      { maxItems: 2 },
    ),
  ),
});
export type LegFacts = Static<typeof LegFacts>;

/** Every notification of a worker. A notification never overtakes the reply to the command that caused it. */
export const notifications = {
  "worker.health": WorkerHealth,
  /** How far some legs have come, for a successor: every two seconds, and soon after keys or addresses have changed. */
  "legs.checkpoint": Type.Object({
    legs: Type.Array(Type.Tuple([legId, legState]), { maxItems: maxLegsAsked }),
  }),
  /** A DTMF digit, once a press, at its end or after its first 40 ms, by either method. */
  "leg.dtmf": Type.Object({
    leg: legId,
    digit: Type.String({ pattern: "^[0-9*#A-D]$" }),
    durationMs: Type.Number(),
    /** As a telephone-event, or as tones in the audio, which are notified as soon as they are certain. */
    via: Type.Enum(["rfc4733", "inband"]),
  }),
  "leg.played": Type.Object({
    leg: legId,
    play: playId,
    outcome: Type.Enum(["finished", "stopped"]),
  }),
  /** There is a clip when it was `captured`; a leg that closes in the meantime leaves none and sends nothing. */
  "leg.captured": Type.Object({
    leg: legId,
    outcome: Type.Enum(["captured", "nothing", "failed"]),
    durationMs: Type.Number(),
  }),
  /** Its file is closed. `missing`: packets or ticks that were left out because writing was too slow. */
  "leg.dumped": Type.Object({
    leg: legId,
    outcome: Type.Enum(["finished", "failed"]),
    missing: Type.Integer({ minimum: 0 }),
  }),
  /** After `worker.attach`, of every leg: a controller compares it with what it knows. */
  "leg.facts": Type.Object({ leg: legId, facts: LegFacts }),
  "leg.talking": Type.Object({ leg: legId, talking: Type.Boolean() }),
  /**
   * Whole pictures come from it from now on, of that size, beginning with one that needs no other; or none for a second. Sent when it
   * changes. Whether they can be decoded shows where they are seen. `refused`: no more of them are decoded, because the video process
   * has ended over them twice.
   */
  "leg.video": Type.Object({
    leg: legId,
    content,
    sending: Type.Boolean(),
    refused: Type.Boolean(),
    width: Type.Integer({ minimum: 0 }),
    height: Type.Integer({ minimum: 0 }),
  }),
  /** No packet for five seconds on a leg that should send; `heard` when they come again. */
  "leg.inbound": Type.Object({ leg: legId, state: Type.Enum(["silent", "heard"]) }),
  /**
   * Neither RTP nor RTCP from the far end for thirty seconds, whether it should send or is held: repeated after every
   * further thirty while that lasts, so that a check can be repeated; 0 once something has come again. Silence alone
   * ends nothing: a muted or held phone may be well.
   */
  "leg.silent": Type.Object({ leg: legId, silentMs: Type.Integer({ minimum: 0 }) }),
  /**
   * The far end put us on hold: it does not hear us, and what it sends is not its voice. Sent when it changes. One that
   * has only ever sent, an announcer, does not hold us.
   */
  "leg.held": Type.Object({ leg: legId, held: Type.Boolean() }),
  /**
   * Its packets are encrypted from now on, by that suite of SRTP; null: in the clear again, or keys are on their way. Sent when
   * it changes. `dtls`: the keys come of a DTLS handshake.
   */
  "leg.secured": Type.Object({
    leg: legId,
    suite: Type.Union([Type.String({ maxLength: 64 }), Type.Null()]),
    dtls: Type.Boolean(),
  }),
  /** No media will pass: DTLS failed, or ICE found no way or lost it. The leg is to be closed. */
  "leg.failed": Type.Object({ leg: legId, why: Type.String({ maxLength: 200 }) }),
  /** The far end's media address was learnt or has moved. */
  "leg.latched": Type.Object({ leg: legId, remote: Type.String() }),
  /** The disk is so slow that the recording loses what is said now; silence will stand for it. Once, until it has kept up again. */
  "recording.gap": Type.Object({ recording: recordingId }),
  /** Its files are closed; complete when it finished, else playable up to where it broke off. */
  "recording.ended": Type.Object({
    recording: recordingId,
    reason: Type.Enum(["finished", "no-space", "write-failed"]),
    message: Type.String(),
    durationMs: Type.Number(),
    /** What could not be kept and was replaced by silence. */
    missingMs: Type.Number(),
  }),
} as const satisfies Record<string, TObject>;

export type NotificationName = keyof typeof notifications;
export type Notification<Name extends NotificationName = NotificationName> = Static<
  (typeof notifications)[Name]
>;

/** Why a command failed; the message says it in words. */
export const errorCodes = [
  "BAD_REQUEST",
  "BAD_SDP",
  "NO_COMMON_CODEC",
  "INCOMPATIBLE_NETWORK",
  "INCOMPATIBLE_ADDRESS",
  "MULTICAST_ADDRESS",
  "INCOMPATIBLE_TRANSPORT",
  "NO_PORTS",
  "NO_SUCH_LEG",
  "NO_SUCH_ROOM",
  "WRONG_STATE",
  "CANNOT_RECORD",
  "UNAVAILABLE",
  "INTERNAL",
] as const;
export type MediaErrorCode = (typeof errorCodes)[number];

/** The frames themselves. `id` counts up from 1 on each connection. */
export type ReplyFrame =
  | { id: number; result: unknown }
  | { id: number; error: { code: MediaErrorCode; message: string } };
export type NotificationFrame = { notification: NotificationName; data: unknown };
