// The recordings of this bridge: starts them on a worker, keeps a row for each from the start, and completes each
// one that has ended for any reason. A meeting never waits for any of it.

import {
  type Clock,
  errorCode,
  errorMessage,
  fail,
  type Logger,
  newId,
  noStateRecords,
  ok,
  type ParticipantId,
  type RecordingId,
  type Result,
  type RoomId,
  type StateRecords,
  within,
} from "#common";
import {
  type Recorder,
  type RecordingEnd,
  type RecordingPlace,
  type RoomProblem,
  videoLimitsOf,
} from "#conference/rooms";
import type { MediaWorker, MediaWorkers } from "#media/client";
import type { Notification } from "#media/protocol";
import { Completion } from "./completion.ts";
import type { RecordingFiles } from "./files.ts";
import { Library } from "./library.ts";
import { newRecording } from "./new-recording.ts";
import { recoverRecordings } from "./recovery.ts";
import { RecordingResumption } from "./resumption.ts";
import { RecordingRetention } from "./retention.ts";
import {
  newRunningRecording,
  type RecordingFailure,
  type RunningRecording,
  RunningRecordings,
  type RunningSnapshot,
} from "./running.ts";
import { fileSettingsOf, type RecordingSettings } from "./settings.ts";
import { SpaceWatch } from "./space-watch.ts";
import type { RecordingsRepository, StoredRecording } from "./types.ts";

export interface RecordingsOptions {
  readonly repository: RecordingsRepository;
  readonly files: RecordingFiles;
  readonly workers: MediaWorkers;
  readonly settings: RecordingSettings;
  readonly clock: Clock;
  readonly log: Logger;
  /** Records for the next process. */
  readonly stateRecords?: StateRecords<RunningSnapshot>;
}

/** How long the end of the daemon waits for the last files, and a stop request for the completion of its recording. */
const closeWithinMs = 5000;
const completeWithinMs = 2000;

export class RecordingsService extends Library implements Recorder {
  readonly #options: RecordingsOptions;
  readonly #completion: Completion;
  readonly #running: RunningRecordings;
  readonly #resumption: RecordingResumption;
  /** To be removed once they are complete, because their room is gone. */
  readonly #unwanted = new Set<RecordingId>();
  /** The recordings of the previous process have been resumed or are being repaired. */
  #settled = false;
  /** The recording whose files are being repaired after a start. */
  #mending: RecordingId | undefined;
  readonly #stopListening: (() => void)[] = [];
  readonly #space: SpaceWatch;
  readonly #retention: RecordingRetention;
  #left = false;

  constructor(options: RecordingsOptions) {
    super(options);
    const { workers, files, clock, log, settings, repository } = options;
    this.#options = options;
    this.#completion = new Completion({ repository, files, log });
    this.#space = new SpaceWatch({ ...{ files, clock, log }, minFreeBytes: settings.minFreeBytes });
    this.#space.onShort = (message) => this.#stopAll({ reason: "no-space", message });
    this.#running = new RunningRecordings(options.stateRecords ?? noStateRecords(), {
      onFirst: () => this.#space.watch(),
      onLast: () => this.#space.rest(),
    });
    this.#retention = new RecordingRetention({
      ...{ repository, files, clock, log, settings },
      events: this.events,
    });
    for (const end of ["recording.stopped", "recording.failed", "recording.recovered"] as const) {
      this.events.on(end, ({ recording }) => this.#removeUnwanted(recording));
    }
    for (const worker of workers.workers) {
      this.#stopListening.push(worker.notifications.on("recording.ended", (ended) => this.#onEnd(ended)));
      this.#stopListening.push(worker.notifications.on("recording.gap", (gap) => this.#onGap(gap)));
    }
    this.#stopListening.push(workers.events.on("down", ({ worker }) => this.#workerDown(worker)));
    this.#stopListening.push(workers.events.on("recovered", ({ worker }) => this.#workerRecovered(worker)));
    this.#resumption = new RecordingResumption({
      ...{ repository, workers, log, running: this.#running, fileSettings: fileSettingsOf(settings) },
      goOn: (running) => this.#goOn(running),
    });
    for (const { recording, unwanted } of this.#running.allPrevious) {
      if (unwanted) this.#unwanted.add(recording.id);
    }
    this.#resumption.adoptEnding();
  }

  /** The number of recordings being written. */
  get running(): number {
    return this.#running.size;
  }

  /**
   * Once workers have settled: continues resumed recordings, and repairs all others that were being written when the daemon died; then
   * applies the limits. Never rejects.
   */
  async recover(): Promise<void> {
    await this.#resumption.settle();
    this.#settled = true;
    await recoverRecordings({
      ...{ ...this.#options, completion: this.#completion, events: this.events },
      running: () => this.#running.all().map(({ kept }) => kept.id),
      onMending: (id) => {
        this.#mending = id;
      },
    });
    this.#retention.start();
  }

  async resume(
    id: RecordingId,
    { worker }: RecordingPlace,
    over: (how: RecordingEnd) => void,
  ): Promise<boolean> {
    return this.#resumption.resume(id, worker, over);
  }

  async start(
    place: RecordingPlace,
    over: (how: RecordingEnd) => void,
  ): Promise<Result<RecordingId, RoomProblem>> {
    const { log } = this.#options;
    const room = place.room.id;
    const short = await this.#space.shortage();
    if (short !== undefined) {
      log.warn({ room, reason: short }, "nothing can be recorded");
      return fail({ code: "NO_SPACE_TO_RECORD", message: short });
    }
    try {
      const running = await this.#begin(place, over);
      log.info({ room, recording: running.kept.id, format: running.kept.format }, "recording");
      this.events.emit("recording.started", { recording: running.kept });
      return ok(running.kept.id);
    } catch (error) {
      log.error({ room, err: error }, "recording did not start");
      return fail({ code: "CANNOT_RECORD", message: errorMessage(error) });
    }
  }

  async stop(id: RecordingId, why: "requested" | "meeting-ended"): Promise<RecordingEnd> {
    const running = this.#running.get(id);
    if (!running) return "ended";
    running.stopped ??= why;
    this.#running.keep(running);
    try {
      await running.worker.request("recording.stop", { recording: id });
      // A client that stops a recording gets it complete, unless that takes long.
      if (why === "requested")
        await within(running.completed.promise, { clock: this.#options.clock, limitMs: completeWithinMs });
      return "ended";
    } catch (error) {
      this.#options.log.warn({ recording: id, code: errorCode(error) }, "the worker did not stop recording");
      if (errorCode(error) !== "WORKER_DOWN") return "ended";
      this.#interrupted(running);
      return "interrupted";
    }
  }

  async completed(room: RoomId): Promise<void> {
    const ofRoom = this.#running.all().filter(({ kept }) => kept.room === room);
    const completed = Promise.all(ofRoom.map((running) => running.completed.promise));
    if (ofRoom.length > 0) await within(completed, { clock: this.#options.clock, limitMs: closeWithinMs });
  }

  /** A recording still being written, or being repaired after a start, is removed once complete; one that waits for repair at once. */
  override async removeAll(room: RoomId): Promise<void> {
    for (const stored of await this.#options.repository.ofRoom(room)) {
      const { id, state } = stored;
      if (state !== "running") continue;
      const running = this.#running.get(id);
      if (!running && this.#settled && id !== this.#mending) {
        await this.discard(stored);
        continue;
      }
      this.#unwanted.add(id);
      if (!running) continue;
      running.unwanted = true;
      this.#running.keep(running);
    }
    await super.removeAll(room);
  }

  /** A participant has joined a room: names their track. */
  async named(room: RoomId, participant: ParticipantId, displayName: string): Promise<void> {
    const { repository } = this.#options;
    for (const running of this.#running.all()) {
      const { kept, ended, fileSettings } = running;
      // A participant may come back, and continues the track that exists.
      const known = kept.tracks.some((track) => track.participant === participant);
      if (kept.room !== room || !fileSettings.separate || ended || known) continue;
      const tracks = [...kept.tracks, { participant, displayName, size: 0, sha256: null }];
      running.kept = { ...kept, tracks };
      this.#running.keep(running);
      await repository.update(kept.id, { tracks });
    }
  }

  /** Resolves when recordings that have ended are complete, within a limit; idempotent. */
  async close(): Promise<void> {
    this.#retention.close();
    if (!this.#left) await this.#running.idle(this.#options.clock, closeWithinMs);
    this.leave();
  }

  /** Instead of `close`, or before it: workers continue to write, and the next process resumes the recordings. Idempotent. */
  leave(): void {
    this.#left = true;
    this.#retention.close();
    this.#space.close();
    for (const stop of this.#stopListening.splice(0)) stop();
    this.events.clear();
  }

  #removeUnwanted(recording: StoredRecording): void {
    if (!this.#unwanted.delete(recording.id)) return;
    this.discard(recording).catch((error: unknown) => {
      this.#options.log.error(
        { recording: recording.id, err: error },
        "a recording was not removed with its room",
      );
    });
  }

  /** The row is written first, so that the file will be found after any failure. */
  async #begin(place: RecordingPlace, over: (how: RecordingEnd) => void): Promise<RunningRecording> {
    const { repository, files, clock, settings } = this.#options;
    const fileSettings = fileSettingsOf(settings, videoLimitsOf(place.room));
    const id: RecordingId = newId();
    const { room, worker } = place;
    const format = room.mode === "VIDEO" ? "mp4" : settings.format;
    const answeredAt = new Date(clock.now()).toISOString();
    const path = await files.place(room.id, id, answeredAt);
    const kept = newRecording(place, { id, answeredAt, path, format, separate: settings.separate });
    await repository.insert(kept);
    const running = newRunningRecording({ kept, fileSettings, worker, over });
    this.#running.add(running);
    try {
      const order = { path: files.base(path), format, ...fileSettings };
      await worker.request("recording.start", { room: room.id, recording: id, ...order });
      running.begun = true;
      this.#running.keep(running);
      await files.keepNames(kept);
      return running;
    } catch (error) {
      running.ended = true;
      this.#running.forget(running);
      // A worker that was only slow to answer must not record on unnoticed.
      worker.request("recording.stop", { recording: id }).catch(() => {});
      await files.remove(kept);
      await repository.delete(id);
      throw error;
    }
  }

  #onGap({ recording }: Notification<"recording.gap">): void {
    const running = this.#running.get(recording);
    if (!running || running.ended) return;
    this.#options.log.warn({ recording }, "the disk is too slow: the recording loses audio");
    this.events.emit("recording.gap", { recording: running.kept });
  }

  #onEnd({ recording, reason, message, missingMs }: Notification<"recording.ended">): void {
    const running = this.#running.get(recording);
    if (!running || running.ended) return;
    running.ended = true;
    running.missingMs = missingMs;
    if (missingMs > 0) {
      this.#options.log.warn({ recording, missingMs }, "audio was lost: silence takes its place");
    }
    if (reason !== "finished") running.failed = { reason, message };
    running.over("ended");
    void this.#complete(running);
  }

  async #complete(running: RunningRecording): Promise<void> {
    const { log } = this.#options;
    const kept = await this.#completion.finish(running.kept, "finished");
    this.#running.forget(running);
    if (running.failed) {
      log.error({ recording: kept.id, ...running.failed }, "recording broke off");
      this.events.emit("recording.failed", { recording: kept, ...running.failed });
      return;
    }
    const reason = running.stopped ?? "meeting-ended";
    const seconds = Math.round(kept.durationMs / 1000);
    log.info({ recording: kept.id, reason, seconds, size: kept.size }, "recorded");
    this.events.emit("recording.stopped", { recording: kept, reason, missingMs: running.missingMs });
  }

  #workerDown(worker: MediaWorker): void {
    for (const running of this.#running.all()) {
      if (running.worker === worker) this.#interrupted(running);
    }
  }

  #workerRecovered(worker: MediaWorker): void {
    for (const running of this.#running.all()) {
      const goesOn = running.begun && !running.goingOn && !running.ended;
      if (running.worker === worker && goesOn) void this.#goOn(running);
    }
  }

  /** Continues in a further file: the previous one broke off when the process of its worker died. */
  async #goOn(running: RunningRecording): Promise<void> {
    const { files, log } = this.#options;
    const { kept, fileSettings, worker } = running;
    running.undecided = false;
    if (running.stopped || running.failed) {
      running.ended = true;
      running.over("ended");
      await this.#complete(running);
      return;
    }
    running.parts += 1;
    running.goingOn = true;
    this.#running.keep(running);
    const path = files.partBase(kept.path, running.parts);
    try {
      const order = { path, format: kept.format, ...fileSettings, further: true };
      await worker.request("recording.start", { room: kept.room, recording: kept.id, ...order });
      log.warn({ recording: kept.id, part: running.parts }, "recording goes on in a further part");
    } catch (error) {
      log.error({ recording: kept.id, err: error }, "recording did not go on");
      // A worker that was only slow to answer must not record on unnoticed.
      await worker.request("recording.stop", { recording: kept.id }).catch(() => {});
      this.#interrupted(running);
    } finally {
      running.goingOn = false;
    }
  }

  #interrupted(running: RunningRecording): void {
    if (running.ended) return;
    running.ended = true;
    running.over("interrupted");
    void this.#completion.finish(running.kept, "recovered").then((kept) => {
      this.#running.forget(running);
      this.#options.log.warn({ recording: kept.id }, "a recording was recovered from a dead worker");
      this.events.emit("recording.recovered", { recording: kept });
    });
  }

  #stopAll(failed: RecordingFailure): void {
    for (const running of this.#running.all()) {
      if (running.ended || running.failed) continue;
      running.failed = failed;
      void this.stop(running.kept.id, "requested");
    }
  }
}
