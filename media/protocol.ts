// The protocol of the control channel: every command, reply and notification between the control process and a media worker, as
// TypeBox schemas from which both sides take types and validation. A frame is one JSON object a line (UTF-8, newline-delimited)
// on a Unix-domain socket on which the worker listens. The channel carries neither media nor anything of SIP or HTTP.
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
 * Raised whenever a frame changes its meaning. A controller of another version can only drain a worker, so that `hello`,
 * `worker.drain` and the notification `legs.checkpoint` must never change their form.
 */
export const protocolVersion = 9;

/** The longest line; a longer one closes the connection. */
export const maxFrameBytes = 1 << 20;

/** The exit code of a worker with wrong settings: starting it again is of no use. */
export const exitWrongSettings = 2;

/** The legs in one request for statistics: the reply takes a fraction of a millisecond of the worker's event loop. */
export const maxLegsAsked = 32;

/** The longest dump of a leg, milliseconds. */
const maxDumpMs = 300_000;

/** The range of a leg's volume, dB. */
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
 * The state of a leg for a successor, read only by workers. It contains SRTP keys: it must not be logged, and must be stored only
 * where no other user can read it.
 */
const legState = Type.String({ maxLength: maxFrameBytes });
const withState = Type.Object({ state: legState });
const sdpWithState = Type.Object({ sdp: Type.String(), state: legState });

const pictureSize = {
  width: Type.Integer({ minimum: 16, maximum: 1920 }),
  height: Type.Integer({ minimum: 16, maximum: 1088 }),
};

/** The limits of the video that viewers of a room are sent, and that a leg offers. */
export const VideoLimits = Type.Object({
  ...pictureSize,
  framerate: Type.Integer({ minimum: 1, maximum: 30 }),
  kbps: Type.Integer({ minimum: 32, maximum: 20_000 }),
});
export type VideoLimits = Static<typeof VideoLimits>;

/** The camera or the shared screen of a leg (RFC 4796). */
const content = Type.Enum(["main", "slides"]);

/** The participant in one cell of a room's picture. After a second without video, a card with the name is shown instead. */
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
 * One item to play. A `prompt` is a name in the prompt packs (`conf-getpin`, `digits/3`), replaced by a tone when no pack has it;
 * a `tone` is one of the named signals; `silence` is a pause; a `clip` is a captured recording, skipped when it is gone; a
 * `passing` clip is not kept in memory after it was played.
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
  /** The time limit of the reply, milliseconds; absent: the controller's usual limit. */
  readonly limitMs?: number;
}

/** All commands with the schemas of their parameters and results. They are idempotent wherever repeating makes sense. */
export const commands = {
  /** First on a connection. */
  hello: {
    params: Type.Object({ protocolVersion: Type.Integer() }),
    result: Type.Object({ protocolVersion: Type.Integer(), pid: Type.Integer() }),
  },
  /** The heartbeat; answered from the event loop, so a stalled worker does not answer. */
  ping: { params: none, result: none },
  /**
   * Attaches a controller that continues after another one; the result is the content of the worker. After the reply come
   * `leg.facts` of every leg, the notifications of the time without a controller, then new ones. They are queued until then.
   */
  "worker.attach": {
    params: none,
    result: Type.Object({
      rooms: Type.Array(roomId),
      legs: Type.Array(legId),
      /** The running recordings. */
      recordings: Type.Array(recordingId),
    }),
  },
  /**
   * Ends the mixing so that a successor can continue the legs; needs no `hello`. Recordings are ended, and their files closed,
   * while it still mixes. Before the reply come `leg.facts`, a checkpoint of each leg (`legs.checkpoint`), and notifications of the
   * time without a controller. After it the process does nothing more; its legs keep their ports until it is killed, and nothing is
   * sent to the far ends.
   */
  "worker.drain": {
    limitMs: 5000,
    params: none,
    result: none,
  },
  /** Sets the range of RTP ports of a process without legs that replaces one that has died. Error: WRONG_STATE. */
  "worker.ports": {
    params: Type.Object({
      portMin: Type.Integer({ minimum: 1024, maximum: 65_534 }),
      portMax: Type.Integer({ minimum: 1025, maximum: 65_535 }),
    }),
    result: none,
  },

  /**
   * Opens a room. With `video` it has a picture, which `room.scene` arranges. For an open room `video` changes the limits, null
   * closes the picture, and absent leaves it unchanged.
   */
  "room.open": {
    params: Type.Object({ room: roomId, video: Type.Optional(Type.Union([VideoLimits, Type.Null()])) }),
    result: none,
  },
  /** Sets the participants in the cells of the picture; null: an empty cell. Error: WRONG_STATE when the room has no picture. */
  "room.scene": {
    params: Type.Object({
      room: roomId,
      layout: Type.Enum([...sceneLayouts]),
      cells: Type.Array(Type.Union([SceneCell, Type.Null()]), { maxItems: 9 }),
      /** The text above the picture; empty: none. */
      title: Type.Optional(Type.String({ maxLength: 128 })),
      /** Shows the time of day in the picture, in this time zone (an IANA name). */
      clock: Type.Optional(
        Type.Object({ timezone: Type.String({ maxLength: 64 }), seconds: Type.Boolean() }),
      ),
      /** True: cameras' pictures fill their cells and are cut; otherwise the whole pictures are shown, with bars. */
      crop: Type.Optional(Type.Boolean()),
    }),
    result: none,
  },
  /**
   * Writes the room's present picture into a new file, JPEG. Errors: NO_SUCH_ROOM, WRONG_STATE without a picture, UNAVAILABLE
   * while the video process starts.
   */
  "room.snapshot": {
    params: Type.Object({ room: roomId, path: Type.String({ minLength: 1, maxLength: 3000 }) }),
    result: none,
  },
  /** Closes the room; its legs stay and are sent silence. */
  "room.close": { params: Type.Object({ room: roomId }), result: none },
  /** Plays the items to all legs of the room. The reply to a play with passing clips comes once their files are open. */
  "room.play": { params: Type.Object({ room: roomId, items, language }), result: none },

  /**
   * Records the room's mix, into `path` and the format's extension; the reply comes once the file exists. `recording.ended`
   * reports the end, also when the room closes. Errors: NO_SUCH_ROOM, WRONG_STATE when the room is being recorded, CANNOT_RECORD.
   */
  "recording.start": {
    // The first recording starts the writing thread: on a loaded machine that takes longer than any other command.
    limitMs: 30_000,
    params: Type.Object({
      room: roomId,
      recording: recordingId,
      path: Type.String({ minLength: 1, maxLength: 3000 }),
      /** mp4: with the room's picture, if it has one. */
      format: Type.Enum(["mp3", "wav", "mp4"]),
      /** Samples a second. */
      rate: Type.Enum([8000, 16_000, 48_000]),
      /** The bitrate of MP3, and of the audio in MP4, kbit/s. */
      kbps: Type.Integer({ minimum: 32, maximum: 160 }),
      /** Also writes a file for each leg that speaks: `path`, a dot, the leg's id, the extension. */
      separate: Type.Boolean(),
      /** Continues, in another file, a recording of a process that died. */
      further: Type.Optional(Type.Boolean()),
      /** mp4: the picture size, which the room's picture keeps as long as it is recorded. Absent: the room's present size. */
      picture: Type.Optional(Type.Object(pictureSize)),
    }),
    result: none,
  },
  /** No effect when the recording does not run. */
  "recording.stop": { params: Type.Object({ recording: recordingId }), result: none },

  /**
   * Creates a leg and binds its ports. With an offer the reply carries the answer; with `offer: null` it carries an
   * offer, and `leg.answer` must follow. Errors: BAD_SDP, NO_COMMON_CODEC, NO_PORTS;
   * INCOMPATIBLE_NETWORK, INCOMPATIBLE_ADDRESS or MULTICAST_ADDRESS when media cannot be sent to the offer's address;
   * INCOMPATIBLE_TRANSPORT when media may not or cannot be encrypted as the offer requires.
   */
  "leg.create": {
    params: Type.Object({
      leg: legId,
      offer: Type.Union([Type.String({ maxLength: 65_536 }), Type.Null()]),
      /** The interface to bind, and the address to write into SDP: they differ behind NAT. */
      bindAddress: Type.String(),
      advertisedAddress: Type.String(),
      /** The source address of the far end's SIP messages: behind NAT its media comes from there, too. */
      sipAddress: Type.Optional(sipAddress),
      /** The permitted codecs, in the order of our offers; an answer keeps the offerer's order. All by default. */
      codecs: Type.Optional(
        Type.Array(Type.Enum(["opus", "G722", "PCMA", "PCMU"]), {
          minItems: 1,
          maxItems: 4,
          uniqueItems: true,
        }),
      ),
      /**
       * SRTP. `forbid`: never. `accept` (the default): as the far end offers; our offers are in the clear. `offer`: our
       * offers contain keys, which the far end may decline. `require`: nothing in the clear. `dtls`: the same, and our offers
       * are WebRTC offers.
       */
      srtp: Type.Optional(Type.Enum(["forbid", "accept", "offer", "require", "dtls"])),
      /** The leg replaces one that is on hold: while the far end only sends, it sends music on hold and is not mixed. */
      held: Type.Optional(Type.Boolean()),
      /** Video may be negotiated, within these limits. Absent: every m-line of video is answered with port 0. */
      video: Type.Optional(VideoLimits),
    }),
    result: sdpWithState,
  },
  /**
   * Creates a leg that continues a leg of another process: `state` is the last that it has sent, `checkpoint` that of a later
   * `legs.checkpoint`. Both contain their time. `moved`: its ports could not be bound again; the far end needs an offer with the
   * new ones. Errors: NO_PORTS, WRONG_STATE when the leg exists, BAD_REQUEST when the state cannot be read.
   */
  "leg.restore": {
    params: Type.Object({
      leg: legId,
      state: legState,
      checkpoint: Type.Optional(legState),
    }),
    result: Type.Object({ state: legState, moved: Type.Boolean() }),
  },
  /** The answer to the offer of `leg.create` or `leg.offer`. */
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
   * Returns our current description as an offer (for an INVITE without SDP inside a dialog). With `video` the leg may have video
   * from now on, and offers it if it could not before: when a caller comes from the lobby into a room with a picture. With null
   * its m-lines of video are inactive until they are offered again: when the room has no picture any more.
   */
  "leg.offer": {
    params: Type.Object({
      leg: legId,
      video: Type.Optional(Type.Union([VideoLimits, Type.Null()])),
      /** Puts the far end on hold: it must send nothing until the next offer. */
      hold: Type.Optional(Type.Boolean()),
    }),
    result: sdpWithState,
  },
  /** Puts the leg into the room's mix, and takes it out of its previous room. */
  "leg.join": { params: Type.Object({ leg: legId, room: roomId }), result: none },
  "leg.leave": { params: Type.Object({ leg: legId }), result: none },
  /** A muted leg is not summed; it still hears and its keys still count. */
  "leg.mute": { params: Type.Object({ leg: legId, muted: Type.Boolean() }), result: none },
  /** Sets the volumes of the leg in both directions, and automatic gain of its voice. Absent fields are not changed. */
  "leg.volume": {
    params: Type.Object({
      leg: legId,
      listenDb: Type.Optional(volumeDb),
      speakDb: Type.Optional(volumeDb),
      agc: Type.Optional(Type.Boolean()),
    }),
    result: none,
  },
  /** Plays to this leg alone, above the mix. The notification `leg.played` reports the end. */
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
  /** Stops the running play; no effect when there is none. */
  "leg.stop": { params: Type.Object({ leg: legId }), result: none },
  /**
   * Records this leg's voice as a new clip, trimmed and brought to a common level: until silence, the bound or
   * `leg.capture.finish`; `leg.captured` reports the end. Errors: WRONG_STATE while one runs, CANNOT_RECORD.
   */
  "leg.capture": {
    params: Type.Object({
      leg: legId,
      clip: clipName,
      /** The longest wait for the first word, then the silence that ends the capture; milliseconds. */
      patienceMs: Type.Integer({ minimum: 100, maximum: 10_000 }),
      silenceMs: Type.Integer({ minimum: 100, maximum: 10_000 }),
      maxMs: Type.Integer({ minimum: 100, maximum: 10_000 }),
    }),
    result: none,
  },
  /** Ends the capture and keeps it; no effect when none runs. */
  "leg.capture.finish": { params: Type.Object({ leg: legId }), result: none },
  /**
   * Dumps this leg into a new file, for debugging: `rtp` its datagrams of both directions as pcap, `pcm` its audio as a WAV file,
   * received audio on the left, sent audio on the right. Ends after the time, by `leg.dump.stop` or with the leg; `leg.dumped`
   * reports the end. The file is complete once `leg.dumped` or the reply to `leg.close` has come. Errors: WRONG_STATE while one
   * runs or too many legs are being dumped, CANNOT_RECORD.
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
  /** The reply comes when the file is closed; no effect when no dump runs. */
  "leg.dump.stop": { params: Type.Object({ leg: legId }), result: none },
  /**
   * Sends DTMF digits to the far end as RFC 4733 events of 100 ms, 100 ms apart. Error: WRONG_STATE when the far end
   * has not agreed to telephone events, or when more than 64 digits are queued.
   */
  "leg.sendDtmf": {
    params: Type.Object({ leg: legId, digits: Type.String({ pattern: "^[0-9*#A-D]{1,32}$" }) }),
    result: none,
  },
  /** Makes the next picture that is sent to this leg a key frame (RFC 5168). No effect without video. */
  "leg.keyframe": { params: Type.Object({ leg: legId }), result: none },
  "leg.stats": { params: Type.Object({ leg: legId }), result: LegStats },
  /** The statistics of several legs, in the order of the request; null for a leg that does not exist. */
  "legs.stats": {
    params: Type.Object({ legs: Type.Array(legId, { minItems: 1, maxItems: maxLegsAsked }) }),
    result: Type.Object({ stats: Type.Array(Type.Union([LegStats, Type.Null()])) }),
  },
  /** Closes the leg, frees its ports and returns its last statistics. */
  "leg.close": { params: Type.Object({ leg: legId }), result: LegStats },
} as const satisfies Record<string, CommandSchema>;

export type CommandName = keyof typeof commands;
export type CommandParams<Name extends CommandName> = Static<(typeof commands)[Name]["params"]>;
/** The participants in the cells of a room's picture. */
export type RoomScene = Omit<CommandParams<"room.scene">, "room">;
export type CommandResult<Name extends CommandName> = Static<(typeof commands)[Name]["result"]>;

/** The time limit of a command's reply, milliseconds; undefined: the controller's usual limit. */
export const limitOf = (name: CommandName): number | undefined => (commands[name] as CommandSchema).limitMs;

/** The state of a leg by its last notifications; an absent field: there was no such notification. */
export const LegFacts = Type.Object({
  talking: Type.Optional(Type.Boolean()),
  held: Type.Optional(Type.Boolean()),
  inbound: Type.Optional(Type.Enum(["silent", "heard"])),
  silentMs: Type.Optional(Type.Integer({ minimum: 0 })),
  secured: Type.Optional(
    Type.Object({ suite: Type.Union([Type.String({ maxLength: 64 }), Type.Null()]), dtls: Type.Boolean() }),
  ),
  latched: Type.Optional(Type.String({ maxLength: 64 })),
  /** The received video that can be decoded or is refused; see `leg.video`. */
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

/** All notifications of a worker. A notification never comes before the reply to the command that caused it. */
export const notifications = {
  "worker.health": WorkerHealth,
  /** Checkpoints of some legs for a successor: every two seconds, and soon after keys or addresses have changed. */
  "legs.checkpoint": Type.Object({
    legs: Type.Array(Type.Tuple([legId, legState]), { maxItems: maxLegsAsked }),
  }),
  /** A DTMF digit, once for each press, at its end or after its first 40 ms. */
  "leg.dtmf": Type.Object({
    leg: legId,
    digit: Type.String({ pattern: "^[0-9*#A-D]$" }),
    durationMs: Type.Number(),
    /** A telephone-event, or a tone in the audio, which is notified as soon as it is certain. */
    via: Type.Enum(["rfc4733", "inband"]),
  }),
  "leg.played": Type.Object({
    leg: legId,
    play: playId,
    outcome: Type.Enum(["finished", "stopped"]),
  }),
  /** The clip exists if the outcome is `captured`. A leg that closes during a capture leaves no clip and sends nothing. */
  "leg.captured": Type.Object({
    leg: legId,
    outcome: Type.Enum(["captured", "nothing", "failed"]),
    durationMs: Type.Number(),
  }),
  /** The file of the dump is closed. `missing`: packets or ticks that were left out because writing was too slow. */
  "leg.dumped": Type.Object({
    leg: legId,
    outcome: Type.Enum(["finished", "failed"]),
    missing: Type.Integer({ minimum: 0 }),
  }),
  /** Sent for every leg after `worker.attach`: the controller compares it with its own record. */
  "leg.facts": Type.Object({ leg: legId, facts: LegFacts }),
  "leg.talking": Type.Object({ leg: legId, talking: Type.Boolean() }),
  /**
   * `sending`: complete pictures of this size are received from now on, beginning with a key frame; false: none for a second. Sent
   * when it changes. Whether they can be decoded is not known here. `refused`: they are not decoded any more, because they have
   * crashed the video process twice.
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
   * Neither RTP nor RTCP from the far end for thirty seconds, whether it should send or is held: repeated every thirty seconds
   * while that lasts, so that a check can be repeated; 0 once packets come again. Silence alone ends no call: a muted or held
   * phone may send nothing.
   */
  "leg.silent": Type.Object({ leg: legId, silentMs: Type.Integer({ minimum: 0 }) }),
  /**
   * The far end has put us on hold: it does not receive our audio, and sends no voice. Sent when it changes. A far end that has
   * only ever sent, such as an announcer, does not hold us.
   */
  "leg.held": Type.Object({ leg: legId, held: Type.Boolean() }),
  /**
   * Packets are encrypted by this SRTP suite from now on; null: in the clear again, or a key exchange is in progress. Sent when
   * it changes. `dtls`: the keys come from a DTLS handshake.
   */
  "leg.secured": Type.Object({
    leg: legId,
    suite: Type.Union([Type.String({ maxLength: 64 }), Type.Null()]),
    dtls: Type.Boolean(),
  }),
  /** No media will pass: DTLS failed, or ICE found no working path or lost it. The controller should close the leg. */
  "leg.failed": Type.Object({ leg: legId, why: Type.String({ maxLength: 200 }) }),
  /** The far end's media address was learnt or has changed. */
  "leg.latched": Type.Object({ leg: legId, remote: Type.String() }),
  /** The recording loses audio because the disk is too slow; it contains silence instead. Sent once for each such gap. */
  "recording.gap": Type.Object({ recording: recordingId }),
  /** The files of the recording are closed: complete if it finished, otherwise playable up to the failure. */
  "recording.ended": Type.Object({
    recording: recordingId,
    reason: Type.Enum(["finished", "no-space", "write-failed"]),
    message: Type.String(),
    durationMs: Type.Number(),
    /** Audio that was lost and replaced by silence, milliseconds. */
    missingMs: Type.Number(),
  }),
} as const satisfies Record<string, TObject>;

export type NotificationName = keyof typeof notifications;
export type Notification<Name extends NotificationName = NotificationName> = Static<
  (typeof notifications)[Name]
>;

/** The error codes of commands; the message explains them. */
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
