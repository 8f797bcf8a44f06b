// A recording as it is kept, where it is kept, and what happens to it. Instants are RFC 3339 in UTC.

import type { MeetingId, Page, ParticipantId, RecordingId, RoomId } from "#common";
import type { RecordingListQuery } from "#conference/rooms";

/** mp4: of rooms with a picture. */
export const recordingFormats = ["mp3", "wav", "mp4"] as const;
export type RecordingFormat = (typeof recordingFormats)[number];

/** `broken`: nothing that can be played was found when it was to be recovered. */
const recordingStates = ["running", "finished", "recovered", "broken"] as const;
export type RecordingState = (typeof recordingStates)[number];

/** Measurements of one file; all are zero while it is being written. */
export interface FileFigures {
  readonly size: number;
  readonly sha256: string | null;
}

export interface StoredTrack extends FileFigures {
  readonly participant: ParticipantId;
  readonly displayName: string;
}

export interface StoredRecording extends FileFigures {
  readonly id: RecordingId;
  readonly room: RoomId;
  /** The values at its start. */
  readonly roomSubject: string;
  readonly roomExtensionNumber: string;
  readonly meeting: MeetingId;
  readonly state: RecordingState;
  readonly answeredAt: string;
  readonly endedAt: string | null;
  readonly durationMs: number;
  readonly format: RecordingFormat;
  /** Below the folder of recordings, with `/` between its parts and without the extension. */
  readonly path: string;
  readonly tracks: readonly StoredTrack[];
  /** Of its poster, a JPEG; 0: it has none. */
  readonly posterBytes: number;
  readonly read: boolean;
  /** When the warning of its removal was sent, and its cause. Null: there is no cause now. */
  readonly warnedAt: string | null;
  readonly warnedFor: RemovalCause | null;
}

export interface RecordingsRepository {
  insert(recording: StoredRecording): Promise<void>;
  get(id: RecordingId): Promise<StoredRecording | undefined>;
  /** Oldest first. */
  ofRoom(room: RoomId): Promise<readonly StoredRecording[]>;
  /** Of all rooms; equal ones in order of their start, the oldest first. */
  list(query: RecordingListQuery): Promise<Page<StoredRecording>>;
  /** Those in this state, oldest first. */
  inState(state: RecordingState): Promise<readonly StoredRecording[]>;
  /** Everything that has ended, oldest first. */
  ended(): Promise<readonly StoredRecording[]>;
  /** False when it is not there any more. */
  update(id: RecordingId, changes: RecordingChanges): Promise<boolean>;
  delete(id: RecordingId): Promise<boolean>;
}

export type RecordingChanges = Partial<
  Pick<
    StoredRecording,
    | ("state" | "endedAt" | "durationMs" | "size" | "sha256" | "tracks" | "posterBytes" | "read")
    | ("warnedAt" | "warnedFor")
  >
>;

export type StopReason = "requested" | "meeting-ended";
export type FailureReason = "no-space" | "write-failed";
/** Why a recording is removed automatically: its age, or the space that all take together. */
export type RemovalCause = "expired" | "space";
export type RemovalReason = "destroyed" | RemovalCause;

export type RecordingsEvents = {
  "recording.started": { readonly recording: StoredRecording };
  /** It is complete and measured; with its final figures. */
  "recording.stopped": {
    readonly recording: StoredRecording;
    readonly reason: StopReason;
    /** Time replaced by silence, because the disk was too slow. */
    readonly missingMs: number;
  };
  /** The disk is too slow for it: speech is lost from about now on, until the disk keeps up again. */
  "recording.gap": { readonly recording: StoredRecording };
  /** It broke off; what was written is kept. The meeting goes on. */
  "recording.failed": {
    readonly recording: StoredRecording;
    readonly reason: FailureReason;
    readonly message: string;
  };
  /** Its writer died; what was on the disk has been repaired and measured. */
  "recording.recovered": { readonly recording: StoredRecording };
  /** It will be removed, not before `removedAfter`; for its age, or because recordings take too much space. */
  "recording.warning": {
    readonly recording: StoredRecording;
    readonly reason: RemovalCause;
    readonly removedAfter: string;
  };
  "recording.removed": { readonly recording: StoredRecording; readonly reason: RemovalReason };
};
