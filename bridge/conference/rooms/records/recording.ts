// A recording as the API shows it: one file of one meeting, and a file for each participant who spoke.
import type { ListQuery, MeetingId, ParticipantId, RecordingId, RoomId } from "#common";
import type { RecordingListField } from "./list-fields.ts";

/** A file of one meeting. Instants are RFC 3339 in UTC. */
export interface Recording {
  readonly id: RecordingId;
  readonly meetingId: MeetingId;
  readonly roomId: RoomId;
  /** The values at the beginning of the recording: the room may have changed since, or be gone. */
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
  /** The address of one picture of it (JPEG), relative to the API's; null: it has none, as a recording of audio alone. */
  readonly posterUrl: string | null;
  /** SHA-256 of the file in hexadecimal; null while it is being written. */
  readonly sha256: string | null;
  readonly read: boolean;
  /** The process that wrote it died, and the file was repaired. */
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
/** How the recordings of a destroyed room are treated. */
export type RecordingsOfDestroyed = (typeof recordingsOfDestroyed)[number];

/** With `room`, the recording must be one of that room. */
export interface RecordingPath {
  readonly room?: RoomId;
  readonly recording: RecordingId;
}

/** Recordings that are equal in the given order are ordered by their beginning, the oldest first. */
export type RecordingListQuery = ListQuery<RecordingListField>;
