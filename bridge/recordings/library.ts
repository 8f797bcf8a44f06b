// The file of a recording for whoever may download it.
import { basename } from "node:path";
import type { ParticipantId, RecordingId } from "#common";
import type { RecordingFiles } from "./files.ts";
import type { KeptRecording } from "./types.ts";

export interface DownloadableFile {
  readonly path: string;
  readonly name: string;
  readonly contentType: "audio/mpeg" | "audio/wav";
  /** Null while it is being written: what it is changes. */
  readonly sha256: string | null;
  readonly endedAt: string | null;
}

/** Undefined when the recording has no such track. */
export function fileOf(
  kept: KeptRecording,
  files: RecordingFiles,
  participant: ParticipantId | undefined,
): DownloadableFile | undefined {
  const running = kept.state === "running";
  const track = kept.tracks.find((one) => one.participant === participant);
  if (kept.state === "broken" || (participant !== undefined && !track)) return undefined;
  const path = files.file(kept, participant);
  const figures = participant === undefined ? kept : track;
  return {
    path,
    name: basename(path),
    contentType: kept.format === "wav" ? "audio/wav" : "audio/mpeg",
    sha256: running ? null : (figures?.sha256 ?? null),
    endedAt: running ? null : kept.endedAt,
  };
}

/** What the API asks. */
export interface RecordingDownloads {
  file(id: RecordingId, participant?: ParticipantId): Promise<DownloadableFile | undefined>;
}
