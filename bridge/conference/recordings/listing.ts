// A stored recording as clients see it. While it is being written, its size is the current one on disk.
import { stat } from "node:fs/promises";
import { basename } from "node:path";
import type { Clock, ParticipantId } from "#common";
import type { Recording } from "#conference/rooms";
import type { RecordingFiles } from "./files.ts";
import type { StoredRecording } from "./types.ts";

/** Relative to the API's address. */
export function urlOf({ id }: Pick<StoredRecording, "id">, participant?: ParticipantId): string {
  return participant === undefined ? `/api/recordings/${id}` : `/api/recordings/${id}/tracks/${participant}`;
}

/** Of its poster, whether it has one or not. */
export const posterUrlOf = (recording: Pick<StoredRecording, "id">): string =>
  `${urlOf(recording)}/poster.jpg`;

export async function toRecording(
  kept: StoredRecording,
  files: RecordingFiles,
  clock: Clock,
): Promise<Recording> {
  const running = kept.state === "running";
  const path = files.file(kept);
  const size = running ? await sizeOf(path) : kept.size;
  const durationMs = running ? clock.now() - Date.parse(kept.answeredAt) : kept.durationMs;
  // While a recording runs, it is not known yet which participants will have tracks.
  const tracks = running ? [] : kept.tracks;
  return {
    id: kept.id,
    meetingId: kept.meeting,
    roomId: kept.room,
    roomSubject: kept.roomSubject,
    roomExtensionNumber: kept.roomExtensionNumber,
    answeredAt: kept.answeredAt,
    endedAt: kept.endedAt,
    duration: Math.max(0, Math.floor(durationMs / 1000)),
    fileName: basename(path),
    fileSize: size,
    fileUrl: urlOf(kept),
    posterUrl: kept.posterBytes > 0 ? posterUrlOf(kept) : null,
    sha256: kept.sha256,
    read: kept.read,
    recovered: kept.state === "recovered",
    tracks: tracks.map((track) => ({
      participantId: track.participant,
      displayName: track.displayName,
      fileName: basename(files.file(kept, track.participant)),
      fileSize: track.size,
      fileUrl: urlOf(kept, track.participant),
      sha256: track.sha256,
    })),
  };
}

async function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}
