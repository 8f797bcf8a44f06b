// A recording as the API shows it: one file of one meeting, and the files of those who spoke.
import type { ListQuery, MeetingId, ParticipantId, RecordingId, RoomId } from "#common";
import type { RecordingListField } from "./list-fields.ts";

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
  /** Of one picture of it (JPEG), relative to the API's address; null: it has none, as all that is audio alone. */
  readonly posterUrl: string | null;
  /** SHA-256 of the file in hexadecimal; null while it is being written. */
  readonly sha256: string | null;
  readonly read: boolean;
  /** It broke off with the process that wrote it, and was mended. */
  readonly recovered: boolean;
  /** One file for each participant who spoke, as long as the recording itself; empty unless the bridge makes them. */
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

/** With `room`, the recording must be one of that room. */
export interface RecordingPath {
  readonly room?: RoomId;
  readonly recording: RecordingId;
}

/** What an order leaves open is in order of the first instant, the oldest first. */
export type RecordingListQuery = ListQuery<RecordingListField>;
