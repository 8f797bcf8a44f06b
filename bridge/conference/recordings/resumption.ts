// Resumes recordings of the previous process. If its worker still writes one, the same file continues; if the worker died as well, a
// further part follows; one that was told to stop ends. A recording that no room resumes is stopped, and left to the recovery.
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
  /** For recordings stored by an earlier version, which have none. */
  readonly fileSettings: FileSettings;
  readonly log: Logger;
  /** Continues in a further part, or ends the recording if it was told to stop. */
  readonly goOn: (running: RunningRecording) => Promise<void>;
}

export class RecordingResumption {
  readonly #options: RecordingResumptionOptions;

  constructor(options: RecordingResumptionOptions) {
    this.#options = options;
  }

  /** A recording that was told to stop ends by itself and needs no room. */
  adoptEnding(): void {
    const { running, workers } = this.#options;
    for (const left of running.allPrevious) {
      const worker = workers.workers[left.worker];
      if (worker && (left.stopped || left.failed)) this.#adopt(left, worker, () => {});
    }
  }

  /** False: it cannot be continued. Never rejects: only the recording is lost, the start goes on. */
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
    // The last name may not have been stored in the row yet.
    const { tracks } = left.recording;
    if (tracks.length !== row.tracks.length) await repository.update(id, { tracks }).catch(() => false);
    return true;
  }

  /** All recordings have been resumed that can be, and workers have reported those that ended in the meantime. */
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

  /** Its worker does not write it, and has reported no end: the worker died as well. */
  async #decide(one: RunningRecording): Promise<void> {
    const { running, repository, goOn } = this.#options;
    if (!one.undecided || one.ended || one.goingOn) return;
    const row = await repository.get(one.kept.id).catch(() => undefined);
    if (row?.state === "running") await goOn(one);
    // Its end was stored, and only its record was left.
    else running.forget(one);
  }

  async #stopUnresumed(worker: MediaWorker): Promise<void> {
    for (const recording of worker.recordings) {
      if (this.#options.running.get(recording)) continue;
      await worker.request("recording.stop", { recording }).catch(() => {});
    }
  }
}
