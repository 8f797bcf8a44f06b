// Calls as they are listed while they last, and as they are kept afterwards. One flat shape: what a call is named
// by, what its media were, and how it ended carry the same names in a list, in the database and in a table file.
import type { CallId, ListQuery, MeetingId, Page, ParticipantId, RoomId, Selection } from "#common";
import type { CommandParams, LegStats, VideoStats } from "#media/protocol";
import type { CallRecordField, LiveCallField } from "./fields.ts";

export const callDirections = ["inbound", "outbound"] as const;
export const callResults = ["answered", "refused", "cancelled", "failed", "lost"] as const;
export const callEndedBy = ["remote", "local", "failure"] as const;

export type CallDirection = (typeof callDirections)[number];
/** `cancelled`: the caller gave up. `failed`: something broke before the answer. `lost`: the bridge died. */
export type CallResult = (typeof callResults)[number];
/** `remote`: the phone or its PBX. `local`: the room, the API, the bridge. `failure`: neither wanted it. */
export type EndedBy = (typeof callEndedBy)[number];

/** What a call is, as soon as there is one. Instants are RFC 3339 in UTC. */
export interface CdrStart {
  readonly direction: CallDirection;
  /** The caller: a number, or `anonymous`. */
  readonly from: string;
  /** The dialled number or address. */
  readonly to: string;
  /** Of the far party. */
  readonly displayName: string;
  readonly trunk: string | null;
  readonly sipCallId: string;
  readonly transport: string;
  /** `192.0.2.1:5060`: where the far party's signalling comes from. */
  readonly signallingAddress: string;
}

/** What is learnt on the way. */
export interface CallProgress {
  readonly roomId: RoomId | null;
  readonly roomExtension: string | null;
  readonly roomSubject: string | null;
  readonly meetingId: MeetingId | null;
  readonly participantId: ParticipantId | null;
  readonly answeredAt: string | null;
  readonly joinedAt: string | null;
  /** The ids of all rooms that it was inside, in order, separated by commas. */
  readonly rooms: string | null;
  /** The far party after a transfer; null while it is the original one. */
  readonly connectedNumber: string | null;
  readonly connectedName: string | null;
}

/** `received`: from the far party to us; `sent`: the other way, as the far party reports it. Null: not known. */
export interface CallMedia {
  readonly codec: string | null;
  /** The suite of SRTP; null: media passed in the clear. */
  readonly mediaEncryption: string | null;
  readonly mediaAddress: string | null;
  readonly roundTripMs: number | null;
  readonly receivedPackets: number | null;
  readonly receivedLost: number | null;
  readonly receivedLossPercent: number | null;
  readonly receivedJitterMs: number | null;
  readonly receivedMosMean: number | null;
  readonly receivedMosMin: number | null;
  readonly sentPackets: number | null;
  readonly sentLossPercent: number | null;
  readonly sentJitterMs: number | null;
  readonly sentMosMean: number | null;
  readonly sentMosMin: number | null;
}

/** The pictures that came from the far party (received) and went to it (sent); null: there were none, or it is not known. */
export interface CallPictures {
  readonly videoReceivedCodec: string | null;
  /** `1280x720`: the last one. */
  readonly videoReceivedSize: string | null;
  /** The mean while pictures came. */
  readonly videoReceivedKbps: number | null;
  readonly videoReceivedLossPercent: number | null;
  readonly videoSentCodec: string | null;
  readonly videoSentSize: string | null;
  readonly videoSentKbps: number | null;
  /** As the far party reports it. */
  readonly videoSentLossPercent: number | null;
  /** To the far party, and by it. */
  readonly videoKeyFrameRequestsSent: number | null;
  readonly videoKeyFrameRequestsReceived: number | null;
}

/** What was wrong with the media; null: nothing that was found. */
export interface MediaVerdict {
  /** The codes of what was found, the worst first, separated by commas. */
  readonly findings: string | null;
  /** The same in sentences, with how long each lasted. */
  readonly verdict: string | null;
}

export interface LiveCall extends CdrStart, CallProgress, CallMedia, CallPictures, MediaVerdict {
  readonly id: CallId;
  readonly startedAt: string;
  /** As `conference/calls` names it. */
  readonly state: string;
}

/** How a call ended. */
export interface CallEnd {
  readonly endedAt: string;
  /** From the answer to the end, in whole seconds; 0 for a call that was not answered. */
  readonly duration: number;
  readonly result: CallResult;
  readonly endedBy: EndedBy;
  /** The SIP status that says it best, also at the end of an answered call. */
  readonly status: number;
  readonly reason: string;
  /** The Reason or Warning header of a refusal, as written; null when it had none. */
  readonly sipReason: string | null;
}

export interface CallRecord extends CdrStart, CallProgress, CallMedia, CallPictures, MediaVerdict, CallEnd {
  readonly id: CallId;
  readonly startedAt: string;
}

/** As it is written down: from its beginning on, without an end until there is one. */
export type StoredCall = Omit<CallRecord, keyof CallEnd> &
  (CallEnd | { readonly [Field in keyof CallEnd]: null });

/** Why a call is over. */
export interface EndReason {
  readonly by: EndedBy;
  readonly status: number;
  readonly text: string;
  readonly sipReason?: string;
}

/** The media leg of a call, as far as it can be dumped. */
export interface DumpableLeg {
  /** Resolves once it runs; `ended` is never rejected. Rejects when it cannot. */
  dump(order: Omit<CommandParams<"leg.dump">, "leg">): Promise<{ readonly ended: Promise<unknown> }>;
  /** None running is no error. */
  stopDump(): Promise<void>;
}

/** What the log asks of a call that lasts. */
export interface OpenCall {
  readonly state: string;
  /** Undefined while it has no media. */
  readonly dumpable: DumpableLeg | undefined;
  /** Hangs up in the background. */
  end(ending: Pick<EndReason, "status" | "text">): unknown;
}

/** What happens to a call beside its SIP messages, for the ladder of the call; `detail` in words or an address, never keys. */
export interface CallOccurrence {
  readonly what:
    | "answered"
    | "joined"
    | "first_packet"
    | "codec"
    | "encrypted"
    | "held"
    | "resumed"
    | "silent"
    | "heard"
    | "keys"
    | "media_failed"
    | "media_moved"
    | "media_lost"
    | "finding"
    | "ended";
  readonly detail: string;
}

/** Follows calls from their beginning on. */
export interface CallObserver {
  began(id: CallId, start: CdrStart): void;
  /** Its SIP messages have this Call-ID from now on, beside those before. */
  named(id: CallId, sipCallId: string): void;
  happened(id: CallId, occurrence: CallOccurrence): void;
  ended(id: CallId, ending: EndReason): void;
}

/** One call's entry, updated by the code that carries the call. Everything after `end` is ignored. */
export interface CallEntry {
  readonly id: CallId;
  note(facts: Partial<CdrStart & CallProgress>): void;
  happened(occurrence: CallOccurrence): void;
  /** Figures of the leg, as often as there are any, and what they show of the call so far. */
  measured(stats: LegStats, verdict?: MediaVerdict): void;
  /** The call is over; `stats` are the leg's last, if there was one and its worker lives. */
  end(ending: EndReason, stats?: LegStats, verdict?: MediaVerdict): void;
  /** What the next process needs to go on with it. */
  snapshot(): CallSnapshot;
}

/** A call's entry as it is at one moment: JSON. */
export interface CallSnapshot {
  /** Without its media. */
  readonly record: StoredCall;
  /** Whether it is written down. */
  readonly recorded: boolean;
  readonly media: MediaSnapshot;
}

/** What the figures of a call have come to so far. */
export interface MediaSnapshot {
  readonly last: LegStats | null;
  readonly received: ScoresSnapshot;
  readonly sent: ScoresSnapshot;
  readonly pictures: PictureSnapshot;
  readonly verdict: MediaVerdict;
}

export interface ScoresSnapshot {
  readonly sum: number;
  readonly count: number;
  readonly worst: number | null;
}

export interface PictureSnapshot {
  readonly last: VideoStats | null;
  readonly received: DirectionSnapshot;
  readonly sent: DirectionSnapshot;
}

export interface DirectionSnapshot {
  readonly codec: string | null;
  /** `1280x720`. */
  readonly size: string | null;
  /** Of the kbit/s that were measured while something passed. */
  readonly sum: number;
  readonly count: number;
}

/** Where calls are written down as they happen. */
export interface CallRecorder {
  begin(beginning: CdrStart, call: OpenCall): CallEntry;
  /** After a restart: goes on with the entry that the previous process has begun. */
  resume(snapshot: CallSnapshot, call: OpenCall): CallEntry;
}

/** Calls that are equal in the given order are ordered by time, the newest first. */
export type LiveCallQuery = ListQuery<LiveCallField>;
export type CallRecordQuery = ListQuery<CallRecordField>;
export type CallRecordSelection = Selection<CallRecordField>;

/** The calls that last. */
export interface LiveCalls {
  list(query: LiveCallQuery): Page<LiveCall>;
  get(id: CallId): LiveCall | undefined;
  /** By the Call-ID header. */
  findBySipCallId(sipCallId: string): LiveCall | undefined;
  /** The leg of a call; undefined when there is no such call. */
  media(id: CallId): { readonly leg: DumpableLeg | undefined } | undefined;
  /** False when there is no such call. */
  hangUp(id: CallId): boolean;
}

/** The calls that are over. */
export interface CallRecords {
  list(query: CallRecordQuery): Promise<Page<CallRecord>>;
  get(id: CallId): Promise<CallRecord | undefined>;
  /** The ids of everything that matches, in order; at most `limit`. */
  ids(selection: CallRecordSelection, limit: number): Promise<readonly CallId[]>;
  /** In the order of the ids, without those that are gone. */
  read(ids: readonly CallId[]): Promise<readonly CallRecord[]>;
}

/** The database interface of the call records. */
export interface CallRecordsRepository extends CallRecords {
  /** Writes or replaces each, all or none. */
  put(calls: readonly StoredCall[]): Promise<void>;
  /** Ends every record that has no end, but for those of `except`; how many there were. */
  closeOpen(end: CallEnd, except: ReadonlySet<CallId>): Promise<number>;
  /** Forgets at most `limit` of those that began before `instant` and are over; how many it were. */
  forgetBefore(instant: string, limit: number): Promise<number>;
}
