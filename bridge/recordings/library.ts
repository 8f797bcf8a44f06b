// What has been recorded: listed, marked, handed out and destroyed.
import { basename } from "node:path";
import type { Recording, RecordingLibrary } from "#bridge/rooms";
import { type Clock, Emitter, type ParticipantId, type RecordingId, type RoomId } from "#common";
import type { RecordingFiles } from "./files.ts";
import { toRecording } from "./listing.ts";
import type { KeptRecording, RecordingsEvents, RecordingsRepository } from "./types.ts";

export interface DownloadableFile {
  readonly path: string;
  readonly name: string;
  readonly contentType: "audio/mpeg" | "audio/wav";
  /** Null while it is being written: what it is changes. */
  readonly sha256: string | null;
  readonly endedAt: string | null;
}

/** What the API asks. */
export interface RecordingDownloads {
  file(id: RecordingId, participant?: ParticipantId): Promise<DownloadableFile | undefined>;
}

export interface LibraryOptions {
  readonly repository: RecordingsRepository;
  readonly files: RecordingFiles;
  readonly clock: Clock;
}

export class Library implements RecordingLibrary, RecordingDownloads {
  readonly events = new Emitter<RecordingsEvents>();
  readonly #library: LibraryOptions;

  constructor(options: LibraryOptions) {
    this.#library = options;
  }

  async list(room: RoomId): Promise<readonly Recording[]> {
    const { repository, files, clock } = this.#library;
    const kept = await repository.ofRoom(room);
    return Promise.all(kept.map((recording) => toRecording(recording, files, clock)));
  }

  /** Of the mix, or of one participant's track. */
  async file(id: RecordingId, participant?: ParticipantId): Promise<DownloadableFile | undefined> {
    const kept = await this.#library.repository.get(id);
    return kept && fileOf(kept, this.#library.files, participant);
  }

  async setRead(room: RoomId, id: RecordingId, read: boolean): Promise<boolean> {
    const { repository } = this.#library;
    const kept = await repository.get(id);
    return kept?.room === room && (await repository.update(id, { read }));
  }

  async remove(room: RoomId, id: RecordingId): Promise<boolean | "running"> {
    const { repository, files } = this.#library;
    const kept = await repository.get(id);
    if (kept?.room !== room) return false;
    if (kept.state === "running") return "running";
    await files.remove(kept);
    if (!(await repository.delete(id))) return false;
    this.events.emit("recording.removed", { recording: kept, reason: "destroyed" });
    return true;
  }
}

/** Undefined when the recording has no such track. */
function fileOf(
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
