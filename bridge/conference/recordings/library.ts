// What has been recorded: listed, marked, handed out and destroyed.
import { basename } from "node:path";
import { type Clock, Emitter, type Page, type ParticipantId, type RecordingId, type RoomId } from "#common";
import type { Recording, RecordingLibrary, RecordingListQuery, RecordingPath } from "#conference/rooms";
import type { RecordingFiles } from "./files.ts";
import { toRecording } from "./listing.ts";
import type { RecordingFormat, RecordingsEvents, RecordingsRepository, StoredRecording } from "./types.ts";

const posterType = "image/jpeg";
const contentTypes = { mp3: "audio/mpeg", wav: "audio/wav", mp4: "video/mp4" } as const satisfies Record<
  RecordingFormat,
  string
>;

export interface DownloadableFile {
  readonly path: string;
  readonly name: string;
  readonly contentType: (typeof contentTypes)[RecordingFormat] | typeof posterType;
  /** Null while it is being written: what it is changes. */
  readonly sha256: string | null;
  readonly endedAt: string | null;
}

/** What the API asks. */
export interface RecordingDownloads {
  file(id: RecordingId, participant?: ParticipantId): Promise<DownloadableFile | undefined>;
  /** One picture of it. */
  poster(id: RecordingId): Promise<DownloadableFile | undefined>;
}

export interface LibraryOptions {
  readonly repository: RecordingsRepository;
  readonly files: RecordingFiles;
  readonly clock: Clock;
}

export class Library implements Omit<RecordingLibrary, "completed">, RecordingDownloads {
  readonly events = new Emitter<RecordingsEvents>();
  readonly #library: LibraryOptions;

  constructor(options: LibraryOptions) {
    this.#library = options;
  }

  async list(room: RoomId): Promise<readonly Recording[]> {
    return this.#shown(await this.#library.repository.ofRoom(room));
  }

  async all(query: RecordingListQuery): Promise<Page<Recording>> {
    const { count, items } = await this.#library.repository.list(query);
    return { count, items: await this.#shown(items) };
  }

  async get(at: RecordingPath): Promise<Recording | undefined> {
    const kept = await this.#at(at);
    return kept && (await this.#shown([kept]))[0];
  }

  /** Of the mix, or of one participant's track. */
  async file(id: RecordingId, participant?: ParticipantId): Promise<DownloadableFile | undefined> {
    const kept = await this.#library.repository.get(id);
    return kept && fileOf(kept, this.#library.files, participant);
  }

  async poster(id: RecordingId): Promise<DownloadableFile | undefined> {
    const kept = await this.#library.repository.get(id);
    if (!kept || kept.posterBytes === 0) return undefined;
    const path = this.#library.files.poster(kept);
    return { path, name: basename(path), contentType: posterType, sha256: null, endedAt: kept.endedAt };
  }

  async setRead(at: RecordingPath, read: boolean): Promise<boolean> {
    const kept = await this.#at(at);
    return kept !== undefined && (await this.#library.repository.update(kept.id, { read }));
  }

  async remove(at: RecordingPath): Promise<boolean | "running"> {
    const kept = await this.#at(at);
    if (!kept) return false;
    return kept.state === "running" ? "running" : this.discard(kept);
  }

  async removeAll(room: RoomId): Promise<void> {
    for (const kept of await this.#library.repository.ofRoom(room)) {
      if (kept.state !== "running") await this.discard(kept);
    }
  }

  async #at({ room, recording }: RecordingPath): Promise<StoredRecording | undefined> {
    const kept = await this.#library.repository.get(recording);
    return room === undefined || kept?.room === room ? kept : undefined;
  }

  protected async discard(kept: StoredRecording): Promise<boolean> {
    const { repository, files } = this.#library;
    await files.remove(kept);
    if (!(await repository.delete(kept.id))) return false;
    this.events.emit("recording.removed", { recording: kept, reason: "destroyed" });
    return true;
  }

  #shown(kept: readonly StoredRecording[]): Promise<Recording[]> {
    const { files, clock } = this.#library;
    return Promise.all(kept.map((recording) => toRecording(recording, files, clock)));
  }
}

/** Undefined when the recording has no such track. */
function fileOf(
  kept: StoredRecording,
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
    contentType: contentTypes[kept.format],
    sha256: running ? null : (figures?.sha256 ?? null),
    endedAt: running ? null : kept.endedAt,
  };
}
