// Recordings of the previous process. Where its worker still writes one, the same file goes on; where that died as well, a further
// part follows; what was told to stop ends as it would have. What no room resumes is stopped, and left to the recovery.
//
//   start ── adoptEnding ── resume, by rooms ── (workers settle: ends of in the meantime are told) ── settle
import type { Logger, RecordingId } from "#common";
import type { RecordingEnd } from "#conference/rooms";
import type { MediaWorker, MediaWorkers } from "#media/client";
import {
  newRunningRecording,
  type RunningRecording,
  type RunningRecordings,
  type RunningSnapshot,
} from "./running.ts";
import type { FileSettings } from "./settings.ts";
import type { RecordingsRepository } from "./types.ts";

export interface RecordingResumptionOptions {
  readonly repository: Pick<RecordingsRepository, "get" | "update">;
  readonly workers: MediaWorkers;
  readonly running: RunningRecordings;
  /** For recordings that an earlier version has kept without any. */
  readonly fileSettings: FileSettings;
  readonly log: Logger;
  /** In a further part, or not at all where it was told to stop. */
  readonly goOn: (running: RunningRecording) => Promise<void>;
}

export class RecordingResumption {
  readonly #options: RecordingResumptionOptions;

  constructor(options: RecordingResumptionOptions) {
    this.#options = options;
  }

  /** What was told to stop ends by itself: no room is needed for it. */
  adoptEnding(): void {
    const { running, workers } = this.#options;
    for (const left of running.allPrevious) {
      const worker = workers.workers[left.worker];
      if (worker && (left.stopped || left.failed)) this.#adopt(left, worker, () => {});
    }
  }

  /** False: it cannot go on. Never rejects: that costs the recording alone, not the start. */
  async resume(id: RecordingId, worker: MediaWorker, over: (how: RecordingEnd) => void): Promise<boolean> {
    const { running, repository, log } = this.#options;
    const ending = running.get(id);
    if (ending) {
      ending.over = over;
      return true;
    }
    const left = running.previous(id);
    const row = await repository.get(id).catch(() => undefined);
    if (!left || row?.state !== "running") {
      log.warn({ recording: id }, "a recording of the last run cannot go on");
      return false;
    }
    this.#adopt(left, worker, over);
    // The name of a participant who came in the last instant.
    const { tracks } = left.recording;
    if (tracks.length !== row.tracks.length) await repository.update(id, { tracks }).catch(() => false);
    return true;
  }

  /** Everything that is to be resumed has been, and workers have told what has ended in the meantime. */
  async settle(): Promise<void> {
    const { running, workers } = this.#options;
    await Promise.all(running.all().map((one) => this.#decide(one)));
    await Promise.all(workers.workers.map((worker) => this.#stopUnresumed(worker)));
    running.dropPrevious();
  }

  #adopt(left: RunningSnapshot, worker: MediaWorker, over: (how: RecordingEnd) => void): void {
    const { recording: kept, parts, stopped, failed, unwanted } = left;
    const { fileSettings = this.#options.fileSettings } = left;
    const adopted = newRunningRecording({
      ...{ kept, fileSettings, worker, over, parts, unwanted, begun: true },
      ...{ stopped: stopped ?? undefined, failed: failed ?? undefined },
      undecided: !worker.recordings.has(kept.id),
    });
    this.#options.running.add(adopted);
    this.#options.running.keep(adopted);
  }

  /** Its worker does not write it, and has told no end of it: it died as well. */
  async #decide(one: RunningRecording): Promise<void> {
    const { running, repository, goOn } = this.#options;
    if (!one.undecided || one.ended || one.goingOn) return;
    const row = await repository.get(one.kept.id).catch(() => undefined);
    if (row?.state === "running") await goOn(one);
    // Its end was written, and only that of its record was not.
    else running.forget(one);
  }

  async #stopUnresumed(worker: MediaWorker): Promise<void> {
    for (const recording of worker.recordings) {
      if (this.#options.running.get(recording)) continue;
      await worker.request("recording.stop", { recording }).catch(() => {});
    }
  }
}
