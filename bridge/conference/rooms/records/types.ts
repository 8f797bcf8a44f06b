// The nouns of the domain (docs: the words page). Rooms outlive their meetings; a participant is one connected
// leg. Every API family is a view of these types and calls the same `Rooms`.
import type {
  Emitter,
  ListQuery,
  MeetingId,
  Page,
  ParticipantId,
  RecordingId,
  Result,
  RoomId,
} from "#common";
import type { RecordingListField, RoomListField } from "./list-fields.ts";
import type { RoomOptions } from "./options.ts";
import type { RoomProblem } from "./problem.ts";

export type { RoomProblem } from "./problem.ts";

export const roomModes = ["AUDIO", "VIDEO"] as const;
export const roomControls = ["FREE", "MASTER"] as const;
export const roomLayouts = [
  "LAYOUT0",
  "LAYOUT1",
  "LAYOUT2",
  "LAYOUT3",
  "LAYOUT4",
  "LAYOUT6",
  "LAYOUT9",
] as const;
export const roles = ["host", "participant"] as const;
/** A participant is shown as `joined`; the event that says that they went has `left`. */
export const participantStates = ["joined", "left"] as const;
export const muteReasons = ["self", "host", "room", "floor"] as const;

export type RoomMode = (typeof roomModes)[number];
export type RoomControl = (typeof roomControls)[number];
export type RoomLayout = (typeof roomLayouts)[number];
export type Role = (typeof roles)[number];
export type ParticipantState = (typeof participantStates)[number];
export type MuteReason = (typeof muteReasons)[number];

export interface OutboundCallerId {
  readonly providerId: string;
  readonly callerId: string;
  readonly description?: string | null;
}

/** A room as it is stored. Instants are RFC 3339 in UTC. */
export interface Room {
  readonly id: RoomId;
  /** 1 when the room is made, one more with every change. */
  readonly revision: number;
  readonly extensionNumber: string;
  readonly mode: RoomMode;
  readonly control: RoomControl;
  readonly height: number;
  readonly width: number;
  /** kbit/s */
  readonly bitrate: number;
  readonly framerate: number;
  readonly layout: RoomLayout;
  readonly subject: string;
  /** BCP 47 */
  readonly language: string;
  readonly capacity: number;
  readonly adminPin: string | null;
  readonly roomPin: string | null;
  readonly enableRecording: boolean;
  readonly enablePrompt: boolean;
  /** IANA name */
  readonly timezone: string;
  readonly createdAt: string;
  readonly scheduledStartAt: string | null;
  readonly scheduledEndAt: string | null;
  readonly numbers: string;
  readonly internalInvitees: readonly string[];
  readonly externalInvitees: string;
  readonly outboundCallerIds: readonly OutboundCallerId[];
  /** JSON text of the client's own; kept, never read. */
  readonly customOptions: string;
  readonly options: RoomOptions;
}

/** What a client may give when it makes a room; the rest has defaults. `null` clears on update. */
export type RoomFields = Partial<Omit<Room, "id" | "revision" | "createdAt" | "options">> & {
  /** What is absent keeps its value. */
  readonly options?: Partial<RoomOptions>;
};
/** Mode, extension and automatic recording are decided at creation. */
export type RoomChanges = Omit<RoomFields, "extensionNumber" | "mode" | "enableRecording">;

export const qualityClasses = ["good", "fair", "poor"] as const;
export type QualityClass = (typeof qualityClasses)[number];

/** How good a connection is at present: the worse of its two directions. Null: not measured yet. */
export interface ParticipantQuality {
  /** Opinion score by the E-model, 1 … 4.5. */
  readonly mos: number | null;
  readonly lossPercent: number;
  readonly jitterMs: number;
  readonly roundTripMs: number | null;
  /** How long what comes from the phone waits here until it is heard. */
  readonly delayMs: number;
  /** Of what was heard from the phone: made up for lost packets, and since the call began cut, put in or clipped. */
  readonly concealedPercent: number;
  readonly correctedMs: number;
  readonly clippedMs: number;
  /** How loud it is now: 0 is the loudest square wave. */
  readonly levelDbov: number;
  /** What the phone reports of the stream that it hears; null where it reports nothing. */
  readonly remoteMos: number | null;
  readonly remoteLossPercent: number | null;
  readonly remoteJitterMs: number | null;
  /** The participant's phone sends back what it hears. */
  readonly echo: boolean;
}

/** Who a participant is to the others. */
export interface Identity {
  readonly displayName: string;
  readonly number: string;
}

export interface Participant {
  readonly id: ParticipantId;
  readonly displayName: string;
  readonly number: string;
  readonly role: Role;
  readonly chairman: boolean;
  readonly muted: boolean;
  readonly muteReasons: readonly MuteReason[];
  readonly talking: boolean;
  /** Their phone has put the conference on hold: they hear nothing and are not heard. */
  readonly held: boolean;
  /** They ask for the floor. */
  readonly handRaised: boolean;
  /** Cell of the picture; −1 is hidden. */
  readonly position: number;
  readonly joinedAt: string;
  readonly leftAt: string | null;
  readonly state: ParticipantState;
  /** By which SIP reaches them: UDP, TCP …; null when it is not known. */
  readonly transport: string | null;
  /** What is spoken with them; empty until the first figures of their leg. */
  readonly codecs: readonly string[];
  /** How loud they hear the room, dB; 0: as it is. */
  readonly volume: number;
  /** The client's own id of them; null for those who came by phone. */
  readonly externalUserId: string | null;
  /** Null for the first seconds. */
  readonly quality: ParticipantQuality | null;
}

/** Where somebody is moved, and as whom: a participant unless told otherwise. */
export interface MoveTarget {
  readonly roomId: RoomId;
  readonly role?: Role;
}

export interface RoomStatus {
  readonly status: "ONLINE" | "OFFLINE" | "ON_CALL";
  readonly locked: boolean;
  readonly muted: boolean;
  readonly recording: boolean;
}

/** What is switched on in a room as a whole. */
export type RoomSwitches = Pick<RoomStatus, "locked" | "muted">;

/** A file of one meeting. Instants are RFC 3339 in UTC. */
export interface Recording {
  readonly id: RecordingId;
  readonly meetingId: MeetingId;
  readonly roomId: RoomId;
  /** As they were when the recording began: the room may have changed since, or be gone. */
  readonly roomSubject: string;
  readonly roomExtensionNumber: string;
  readonly answeredAt: string;
  readonly endedAt: string | null;
  /** Whole seconds. */
  readonly duration: number;
  readonly fileName: string;
  readonly fileSize: number;
  /** Relative to the API's address. */
  readonly fileUrl: string;
  /** SHA-256 of the file in hexadecimal; null while it is being written. */
  readonly sha256: string | null;
  readonly read: boolean;
  /** It broke off with the process that wrote it, and was mended. */
  readonly recovered: boolean;
  /** One file for everybody who spoke, as long as the recording itself; none unless the bridge makes them. */
  readonly tracks: readonly RecordingTrack[];
}

export interface RecordingTrack {
  readonly participantId: ParticipantId;
  readonly displayName: string;
  readonly fileName: string;
  readonly fileSize: number;
  readonly fileUrl: string;
  readonly sha256: string | null;
}

export const recordingsOfDestroyed = ["keep", "remove"] as const;
/** What becomes of the recordings of a room that is destroyed. */
export type RecordingsOfDestroyed = (typeof recordingsOfDestroyed)[number];

export interface Recordings {
  start(id: RoomId): Promise<Result<void, RoomProblem>>;
  stop(id: RoomId): Promise<Result<void, RoomProblem>>;
  /** Of one room, also when it is gone and recordings of it are kept. */
  list(id: RoomId): Promise<Result<readonly Recording[], RoomProblem>>;
  /** Of all rooms, those that are gone included. */
  all(query: RecordingListQuery): Promise<Page<Recording>>;
  get(at: RecordingPath): Promise<Result<Recording, RoomProblem>>;
  setRead(at: RecordingPath, read: boolean): Promise<Result<void, RoomProblem>>;
  destroy(at: RecordingPath): Promise<Result<void, RoomProblem>>;
}

/** With `room`, the recording must be one of that room. */
export interface RecordingPath {
  readonly room?: RoomId;
  readonly recording: RecordingId;
}

/** What an order leaves open is in order of the first instant, the oldest first. */
export type RecordingListQuery = ListQuery<RecordingListField>;

/** What an order leaves open is in order of creation. */
export type RoomListQuery = ListQuery<RoomListField>;

export type RoomsEvents = {
  "room.created": { readonly room: Room };
  "room.updated": { readonly room: Room };
  "room.deleted": { readonly room: Room };
  "meeting.started": { readonly room: Room; readonly meeting: MeetingId };
  "meeting.ended": { readonly room: Room; readonly meeting: MeetingId };
  "participant.joined": { readonly room: Room; readonly participant: Participant };
  "participant.left": { readonly room: Room; readonly participant: Participant; readonly reason: string };
  /** Told before they leave `room` and join the other one. */
  "participant.moved": { readonly room: Room; readonly participant: Participant; readonly to: Room };
  "participant.changed": { readonly room: Room; readonly participant: Participant };
  /** After a restart: what was switched on before is on again. Nothing has changed. */
  "room.restored": { readonly room: Room; readonly status: RoomStatus };
  "room.changed": { readonly room: Room; readonly status: RoomStatus };
  /** A key that was no part of a command; never while a PIN is asked for. */
  "participant.key": { readonly room: Room; readonly participant: Participant; readonly digit: string };
  /** Wrong PINs of this source, or of all who call the room, now cost time. */
  /** PINs from an address wait, or are refused. Of no room: numbers of conferences in the lobby. */
  "pin.guessed": { readonly room: RoomId | undefined; readonly source: string; readonly delayMs: number };
};

/** The domain's door. Every change of one room runs in that room's serial queue. */
export interface Rooms {
  readonly events: Emitter<RoomsEvents>;
  readonly recordings: Recordings;
  create(fields: RoomFields): Promise<Result<Room, RoomProblem>>;
  get(id: RoomId): Promise<Room | undefined>;
  list(query: RoomListQuery): Promise<Page<Room>>;
  /** With `revisions`, only while the room has one of them. */
  update(id: RoomId, changes: RoomChanges, revisions?: readonly number[]): Promise<Result<Room, RoomProblem>>;
  /** Ends a running meeting, frees the extension. `revisions` as above; recordings are kept unless told otherwise. */
  destroy(
    id: RoomId,
    revisions?: readonly number[],
    recordings?: RecordingsOfDestroyed,
  ): Promise<Result<void, RoomProblem>>;
  status(id: RoomId): Promise<Result<RoomStatus, RoomProblem>>;
  lock(id: RoomId, locked: boolean): Promise<Result<void, RoomProblem>>;
  /** Adds or removes the reason `room` (everybody but the chairman, later arrivals included). */
  mute(id: RoomId, muted: boolean): Promise<Result<void, RoomProblem>>;
  participants(id: RoomId): Promise<Result<readonly Participant[], RoomProblem>>;
  participant(id: RoomId, participant: ParticipantId): Promise<Result<Participant, RoomProblem>>;
  /** `true` adds the reason `host`; `false` clears all reasons: the API gives the floor. */
  muteParticipant(id: RoomId, participant: ParticipantId, muted: boolean): Promise<Result<void, RoomProblem>>;
  /**
   * Takes somebody to another room while their call goes on: no PIN, and no lock in the way. They keep their id, their
   * name and their own mute, and stay where they are when it cannot be. The participant as they are there.
   */
  moveParticipant(
    id: RoomId,
    participant: ParticipantId,
    to: MoveTarget,
  ): Promise<Result<Participant, RoomProblem>>;
  kick(id: RoomId, participant: ParticipantId): Promise<Result<void, RoomProblem>>;
  /** Moves the chair; the new chairman is freed of the reasons that spare a chairman. */
  giveChair(id: RoomId, participant: ParticipantId): Promise<Result<void, RoomProblem>>;
  /** Pins a participant to a cell of the picture, −1: to none. */
  setPosition(id: RoomId, participant: ParticipantId, position: number): Promise<Result<void, RoomProblem>>;
  /** Pins these to the cells 0, 1, 2 … and hides everybody else; none: nobody is pinned any more. */
  arrange(id: RoomId, participants: readonly ParticipantId[]): Promise<Result<void, RoomProblem>>;
  /** Calls somebody into the room. */
  invite(id: RoomId, number: string): Promise<Result<void, RoomProblem>>;
}
