// The running recordings, and their snapshots from which the next process continues them (`services/live-state`).
import type { Clock, RecordingId, StateRecords } from "#common";
import { within } from "#common";
import type { RecordingEnd } from "#conference/rooms";
import type { MediaWorker } from "#media/client";
import type { FileSettings } from "./settings.ts";
import type { FailureReason, StopReason, StoredRecording } from "./types.ts";

export interface RecordingFailure {
  readonly reason: FailureReason;
  readonly message: string;
}

/** The snapshot of a running recording, JSON, beside its row. */
export interface RunningSnapshot {
  /** As its row says; `tracks` may be ahead of it. */
  readonly recording: StoredRecording;
  /** The index of the worker that writes it. */
  readonly worker: number;
  /** The number of files of its mix, including one that is about to be started. */
  readonly parts: number;
  /** The reason of a requested stop; null: none was requested. */
  readonly stopped: StopReason | null;
  readonly failed: RecordingFailure | null;
  /** It is to be removed once it is complete, because its room is gone. */
  readonly unwanted: boolean;
  /** The settings at its start; absent in the records of earlier versions. */
  readonly fileSettings?: FileSettings;
}

export interface RunningRecording {
  kept: StoredRecording;
  /** The settings at its start, which later changes do not affect. */
  readonly fileSettings: FileSettings;
  readonly worker: MediaWorker;
  over: (how: RecordingEnd) => void;
  /** Why it was told to stop. */
  stopped: StopReason | undefined;
  failed: RecordingFailure | undefined;
  /** It has started: its first file exists. */
  begun: boolean;
  /** The number of files of its mix. */
  parts: number;
  /** A further part is being started; if the worker process dies before it answers, its successor is asked again. */
  goingOn: boolean;
  /** From the previous process and no longer written by its worker: it may have ended, which is known once the workers settle. */
  undecided: boolean;
  /** Nothing more will be written. */
  ended: boolean;
  unwanted: boolean;
  /** Time replaced by silence, milliseconds. */
  missingMs: number;
  /** Its row is complete. */
  readonly completed: PromiseWithResolvers<void>;
}

export function newRunningRecording(
  given: Pick<RunningRecording, "kept" | "fileSettings" | "worker" | "over"> &
    Partial<Omit<RunningRecording, "completed">>,
): RunningRecording {
  return {
    ...{ stopped: undefined, failed: undefined, begun: false, parts: 1, goingOn: false },
    ...{
      undecided: false,
      ended: false,
      unwanted: false,
      missingMs: 0,
      completed: Promise.withResolvers<void>(),
    },
    ...given,
  };
}

export interface RunningListener {
  /** The first recording starts. */
  onFirst(): void;
  /** The last recording has ended. */
  onLast(): void;
}

export class RunningRecordings {
  readonly #running = new Map<RecordingId, RunningRecording>();
  readonly #records: StateRecords<RunningSnapshot>;
  readonly #listener: RunningListener;
  #idle = Promise.withResolvers<void>();

  constructor(records: StateRecords<RunningSnapshot>, listener: RunningListener) {
    this.#records = records;
    this.#listener = listener;
    this.#idle.resolve();
  }

  get size(): number {
    return this.#running.size;
  }

  get(id: RecordingId): RunningRecording | undefined {
    return this.#running.get(id);
  }

  /** A copy, because recordings may be forgotten in the meantime. */
  all(): readonly RunningRecording[] {
    return [...this.#running.values()];
  }

  add(running: RunningRecording): void {
    if (this.#running.size === 0) this.#idle = Promise.withResolvers();
    this.#running.set(running.kept.id, running);
    this.#listener.onFirst();
  }

  /** Stores the current state, with which the next process continues. */
  keep({ kept, fileSettings, worker, parts, stopped, failed, unwanted }: RunningRecording): void {
    this.#records.put(kept.id, {
      ...{ recording: kept, fileSettings, worker: worker.index, parts, unwanted },
      ...{ stopped: stopped ?? null, failed: failed ?? null },
    });
  }

  /** Its row is complete. */
  forget({ kept, completed }: RunningRecording): void {
    this.#running.delete(kept.id);
    this.#records.delete(kept.id);
    completed.resolve();
    if (this.#running.size > 0) return;
    this.#listener.onLast();
    this.#idle.resolve();
  }

  /** The snapshot of the previous process; undefined: there is none, or it is unusable. */
  previous(id: RecordingId): RunningSnapshot | undefined {
    const previous = this.#records.previous.get(id);
    return previous?.recording?.id === id && Number.isInteger(previous.parts) ? previous : undefined;
  }

  get allPrevious(): readonly RunningSnapshot[] {
    return [...this.#records.previous.keys()].flatMap((id) => this.previous(id as RecordingId) ?? []);
  }

  /** Deletes the snapshots of the previous process that were not resumed. */
  dropPrevious(): void {
    for (const id of this.#records.previous.keys()) {
      if (!this.#running.has(id as RecordingId)) this.#records.delete(id);
    }
  }

  /** Resolves when no recording runs, or after `limitMs` milliseconds. */
  async idle(clock: Clock, limitMs: number): Promise<void> {
    await within(this.#idle.promise, { clock, limitMs });
  }
}
