// The row of a recording when it starts: only its place and the participants present are known.
import type { RecordingPlace } from "#conference/rooms";
import type { StoredRecording } from "./types.ts";

type RecordingStart = Pick<StoredRecording, "id" | "answeredAt" | "path" | "format"> & {
  /** There will be tracks of participants. */
  readonly separate: boolean;
};

export function newRecording(
  { room, meeting, participants }: RecordingPlace,
  { separate, ...start }: RecordingStart,
): StoredRecording {
  const tracks = participants.map(({ id, displayName }) => ({
    participant: id,
    displayName,
    size: 0,
    sha256: null,
  }));
  return {
    ...start,
    room: room.id,
    roomSubject: room.subject,
    roomExtensionNumber: room.extensionNumber,
    meeting,
    state: "running",
    endedAt: null,
    durationMs: 0,
    size: 0,
    sha256: null,
    tracks: separate ? tracks : [],
    posterBytes: 0,
    read: false,
    warnedAt: null,
    warnedFor: null,
  };
}
