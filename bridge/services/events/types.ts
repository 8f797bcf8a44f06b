// Everything that can happen, as the log tells it: a closed union of types, each with the schema of its data. Names
// and fields are spelled as on the wire. An event says what is after it, so that applying one twice does no harm.
// PINs, passwords and keys are in none of them.

import { type Static, type TObject, type TSchema, Type } from "typebox";
import type { MeetingId, ParticipantId, RoomId } from "#common";

const text = Type.String();
const instant = Type.String({ format: "date-time" });
const maybe = <Schema extends TSchema>(schema: Schema) => Type.Union([schema, Type.Null()]);

export const roomData = Type.Object({
  id: text,
  extension_number: text,
  subject: text,
  mode: text,
  control: text,
  layout: text,
  language: text,
  capacity: Type.Integer(),
  scheduled_start_at: maybe(instant),
  scheduled_end_at: maybe(instant),
  revision: Type.Integer(),
});

export const participantData = Type.Object({
  id: text,
  display_name: text,
  number: text,
  role: text,
  chairman: Type.Boolean(),
  muted: Type.Boolean(),
  mute_reasons: Type.Array(text),
  talking: Type.Boolean(),
  held: Type.Boolean(),
  hand_raised: Type.Boolean(),
  position: Type.Integer(),
  video: Type.Object({ camera: Type.Boolean(), screen: Type.Boolean(), refused: Type.Boolean() }),
  joined_at: instant,
  left_at: maybe(instant),
  state: text,
  transport: maybe(text),
  codecs: Type.Array(text),
  media_encryption: maybe(text),
  volume: Type.Integer(),
  external_user_id: maybe(text),
});

export const chatMessageData = Type.Object({
  id: text,
  /** 1, 2, 3 … in the room. */
  number: Type.Integer(),
  sent_at: instant,
  text,
  sender: Type.Object({
    display_name: text,
    participant_id: maybe(text),
    member_id: maybe(text),
    user_id: maybe(text),
  }),
  file: maybe(Type.Object({ id: text, name: text, content_type: text, size: Type.Integer(), sha256: text })),
});

const room = Type.Object({ room: roomData });
const participant = Type.Object({ participant: participantData });
const recording = {
  recording: text,
  format: text,
  /** Whole seconds; 0 while it runs. */
  duration: Type.Integer(),
  /** Bytes; 0 while it runs. */
  file_size: Type.Integer(),
};
const call = {
  direction: Type.Enum(["in", "out"]),
  number: text,
  display_name: text,
  dialled: text,
  /** Where the call came from: an address. Null for one of ours. */
  source: maybe(text),
  /** The participant who had them called, by keys or by a transfer. Null: the API, or a call that came in. */
  invited_by: maybe(text),
};
const account = Type.Object({
  account: Type.Object({
    id: text,
    extension: text,
    display_name: text,
    enabled: Type.Boolean(),
    revision: Type.Integer(),
  }),
});
const backupKind = Type.Enum(["daily", "upgrade"]);
const server = Type.Object({ server: text, name: text });

export const qualityData = Type.Object({
  mos: maybe(Type.Number()),
  loss_percent: Type.Number(),
  jitter_ms: Type.Number(),
  round_trip_ms: maybe(Type.Number()),
  echo: Type.Boolean(),
});

export const eventData = {
  "room.created": room,
  "room.updated": room,
  "room.deleted": room,
  "room.started": room,
  /** `duration`: whole seconds from the first arrival to the last departure. */
  "room.ended": Type.Object({ room: roomData, duration: Type.Integer() }),
  "room.locked": room,
  "room.unlocked": room,
  "room.muted": room,
  "room.unmuted": room,
  "participant.joined": participant,
  "participant.left": Type.Object({ participant: participantData, reason: text, duration: Type.Integer() }),
  /** To the room `to`; they leave this one and join that one next. */
  "participant.moved": Type.Object({ participant: participantData, to: roomData }),
  /** Another name or number, as a transfer behind the participant's PBX brings it, or another cell of the picture. */
  "participant.updated": Type.Object({
    participant: participantData,
    previous: Type.Object({ display_name: text, number: text }),
  }),
  "participant.muted": participant,
  "participant.unmuted": participant,
  "participant.talking": participant,
  "participant.held": participant,
  "participant.hand": participant,
  /** Their camera or their screen is sent from now on, or is not any more. */
  "participant.video": participant,
  "participant.dtmf": Type.Object({ digit: text }),
  "participant.role": participant,
  "participant.quality": Type.Object({ class: text, quality: qualityData }),
  /** Something is found to be wrong with their call (`active`), or it has passed. */
  "participant.finding": Type.Object({
    active: Type.Boolean(),
    code: text,
    severity: text,
    sentence: text,
    advice: text,
    since: instant,
  }),
  "call.dialled": Type.Object(call),
  /** As SIP says it: 180, 183. */
  "call.progress": Type.Object({ ...call, status: Type.Integer() }),
  /**
   * `status` and `reason` are those of the status line of a refusal; `sip_reason` is its Reason or Warning header, null
   * when it had none; `ended_by`: `remote` refused or gave up, `local` gave up, `failure`: nothing answered;
   * `state`: how far the call had come, as in the list of calls.
   */
  "call.failed": Type.Object({
    ...call,
    status: Type.Integer(),
    reason: text,
    ended_by: Type.Enum(["remote", "local", "failure"]),
    state: text,
    sip_reason: maybe(text),
    sip_call_id: maybe(text),
  }),
  "recording.started": Type.Object(recording),
  /** A recording that begins with the first participant could not begin; `reason` is the code of the error. It is tried again. */
  "recording.refused": Type.Object({ reason: text }),
  "recording.stopped": Type.Object({ ...recording, reason: text, missing: Type.Number() }),
  "recording.gap": Type.Object(recording),
  "recording.failed": Type.Object({ ...recording, reason: text }),
  "recording.recovered": Type.Object(recording),
  /** It will be removed, not before `removed_after`. */
  "recording.warning": Type.Object({ ...recording, reason: text, removed_after: instant }),
  "recording.removed": Type.Object({ ...recording, reason: text }),
  "chat.message": Type.Object({ message: chatMessageData }),
  "account.created": account,
  "account.updated": account,
  "account.deleted": account,
  /** Its first telephone has registered, or its last one is gone. */
  "account.registered": account,
  "account.unregistered": account,
  "server.online": server,
  "server.offline": server,
  /**
   * It begins nothing new, or some of its media workers do not. `causes`: what was at its limit, in per cent; `worker` is the
   * number of a media worker, or null where it is the whole machine.
   */
  "server.overloaded": Type.Object({
    ...server.properties,
    causes: Type.Array(
      Type.Object({
        measure: Type.Enum(["late_ticks", "mixer_cpu", "control_cpu", "machine_cpu"]),
        percent: Type.Integer(),
        worker: maybe(Type.Integer()),
      }),
    ),
  }),
  /** `seconds`: how long it was overloaded. */
  "server.recovered": Type.Object({ ...server.properties, seconds: Type.Integer() }),
  /** The bridge's own backup of the day, or the one before an upgrade of the database. */
  "backup.made": Type.Object({ kind: backupKind, file: text, file_size: Type.Integer() }),
  "backup.failed": Type.Object({ kind: backupKind, reason: text }),
  /**
   * The machine is near its limit, so that all rooms of one media worker have fewer pictures a second than they are
   * configured to, and smaller ones from step 3 on; again with each step, down and up. `restored`: nothing of it is left.
   */
  "video.degraded": Type.Object({
    worker: Type.Integer(),
    step: Type.Integer(),
    framerate_percent: Type.Integer(),
    size_percent: Type.Integer(),
    limit: maybe(Type.Enum(["late_ticks", "mixer_cpu", "video_cpu", "machine_cpu"])),
  }),
  "video.restored": Type.Object({ worker: Type.Integer(), seconds: Type.Integer() }),
  /** The process that decodes has ended twice over pictures of that participant, which are not decoded any more. */
  "video.refused": participant,
  /**
   * `guard`: who blocked it; `seconds`: for how long, as far as it is known; `reason`: of `sip`, what the source did; `user`:
   * whose logins wait.
   */
  "security.blocked": Type.Object({
    guard: Type.Enum(["sip", "calls", "pin", "api", "login"]),
    source: text,
    seconds: Type.Optional(Type.Integer()),
    reason: Type.Optional(Type.Enum(["unauthenticated", "credentials", "malformed", "flood", "scanner"])),
    user: Type.Optional(text),
  }),
} as const satisfies Record<string, TObject>;

export type EventType = keyof typeof eventData;
export const eventTypes = Object.keys(eventData) as readonly EventType[];
export type EventData<Name extends EventType> = Static<(typeof eventData)[Name]>;

/** An event before it is logged; the log adds number and time. */
export type NewEvent = {
  [Name in EventType]: {
    readonly type: Name;
    readonly room?: RoomId;
    readonly meeting?: MeetingId | undefined;
    readonly participant?: ParticipantId;
    readonly data: EventData<Name>;
  };
}[EventType];

/** An event as it is kept and told. */
export interface LogEvent {
  /** 1, 2, 3 … without gaps, in the order in which things happened. */
  readonly seq: number;
  /** A UUID. */
  readonly id: string;
  /** RFC 3339 in UTC with milliseconds. */
  readonly time: string;
  readonly type: EventType;
  readonly room: string | null;
  readonly meeting: string | null;
  readonly participant: string | null;
  readonly data: unknown;
}

export interface EventsRepository {
  /** All or nothing, in order. */
  insert(events: readonly LogEvent[]): Promise<void>;
  /** Those behind `after`, in order. */
  read(after: number, limit: number): Promise<readonly LogEvent[]>;
  /** The first and the last there are; undefined when there is none. */
  bounds(): Promise<{ readonly oldest: number; readonly newest: number } | undefined>;
  /** The last one that happened before `instant`; undefined when there is none. */
  lastBefore(instant: string): Promise<number | undefined>;
  /** Forgets everything up to and including `seq`. */
  forget(seq: number): Promise<void>;
  /** What was last told of each room that, as far as the events say, is there; also when those are forgotten. */
  loggedRooms(): Promise<readonly ReportedRoom[]>;
  /** What was told to begin and not to end, the oldest first; also when the events are forgotten. */
  open(): Promise<readonly OpenEvent[]>;
}

export interface ReportedRoom {
  readonly room: Static<typeof roomData>;
  readonly locked: boolean;
  readonly muted: boolean;
}

/** Of what the log tells the beginning and the end. */
export type OpenKind = "meeting" | "participant" | "quality" | "finding" | "recording";

/** `data`: of the event that began it; of a participant: of the last one that says how they are. */
export interface OpenEvent {
  readonly kind: OpenKind;
  /** Of the event that began it. */
  readonly seq: number;
  /** Of the meeting, the participant or the recording; of a finding: of the participant, and its code. */
  readonly id: string;
  readonly room: string | null;
  readonly meeting: string | null;
  readonly participant: string | null;
  /** The time of the event that began it. */
  readonly since: string;
  readonly data: unknown;
}
