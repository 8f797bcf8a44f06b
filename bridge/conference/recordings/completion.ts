// Completes a recording that is no longer written: its files are repaired and measured, and its row is
// updated. A file that cannot be read loses its figures, but not the row.
import { errorMessage, type Logger, type ParticipantId } from "#common";
import type { RecordingFiles } from "./files.ts";
import { type MeasuredFile, measure } from "./measure.ts";
import { joinParts } from "./parts.ts";
import { makePoster } from "./poster.ts";
import type { RecordingsRepository, StoredRecording, StoredTrack } from "./types.ts";

export interface CompletionOptions {
  readonly repository: RecordingsRepository;
  readonly files: RecordingFiles;
  readonly log: Logger;
}

export class Completion {
  readonly #options: CompletionOptions;

  constructor(options: CompletionOptions) {
    this.#options = options;
  }

  /** Resolves with the final row; `broken` when nothing in it can be played. Never rejects. */
  async finish(kept: StoredRecording, state: "finished" | "recovered"): Promise<StoredRecording> {
    const lastWritten = await this.#lastWrittenInParts(kept);
    await this.#join(kept);
    const mix = await this.#measure(kept);
    const tracks = await this.#tracks(kept);
    const durationMs = mix?.durationMs ?? 0;
    const changes = {
      state: mix ? state : ("broken" as const),
      endedAt: new Date(Math.max(Date.parse(kept.answeredAt) + durationMs, lastWritten)).toISOString(),
      durationMs: Math.round(durationMs),
      size: mix?.size ?? 0,
      sha256: mix?.sha256 ?? null,
      tracks,
      posterBytes: mix && kept.format === "mp4" ? await this.#poster(kept) : 0,
    };
    try {
      await this.#options.repository.update(kept.id, changes);
    } catch (error) {
      this.#options.log.error({ recording: kept.id, err: error }, "a recording's end was not stored");
    }
    return { ...kept, ...changes };
  }

  /**
   * When the last file of a recording in parts was written, milliseconds since 1970: its end. It plays for less time, because
   * nothing was recorded between the parts. 0 for a recording in one file, whose end follows from its playing time.
   */
  async #lastWrittenInParts(kept: StoredRecording): Promise<number> {
    const { files } = this.#options;
    try {
      return (await files.parts(kept)).length > 0 ? Math.max(0, ...(await files.writtenAt(kept))) : 0;
    } catch {
      // The folder cannot be read; joining the parts reports that.
      return 0;
    }
  }

  async #join(kept: StoredRecording): Promise<void> {
    const { files, log } = this.#options;
    try {
      await joinParts(files, kept);
    } catch (error) {
      log.error(
        { recording: kept.id, reason: errorMessage(error) },
        "the parts of a recording are not joined",
      );
    }
  }

  async #tracks(kept: StoredRecording): Promise<StoredTrack[]> {
    const participants = await this.#options.files.tracks(kept).catch(() => []);
    const tracks: StoredTrack[] = [];
    for (const participant of participants) {
      const measured = await this.#measure(kept, participant);
      if (!measured) continue;
      const { size, sha256 } = measured;
      const known = kept.tracks.find((track) => track.participant === participant);
      tracks.push({ participant, displayName: known?.displayName ?? "", size, sha256 });
    }
    return tracks;
  }

  /** Resolves with the poster's size in bytes. */
  async #poster(kept: StoredRecording): Promise<number> {
    const { files, log } = this.#options;
    try {
      return await makePoster(files.file(kept), files.poster(kept));
    } catch (error) {
      log.warn({ recording: kept.id, reason: errorMessage(error) }, "a recording has no poster");
      return 0;
    }
  }

  async #measure(kept: StoredRecording, participant?: ParticipantId): Promise<MeasuredFile | undefined> {
    const { files, log } = this.#options;
    try {
      return await measure(files.file(kept, participant), kept.format);
    } catch (error) {
      log.error(
        { recording: kept.id, participant, reason: errorMessage(error) },
        "a file cannot be measured",
      );
      return undefined;
    }
  }
}
