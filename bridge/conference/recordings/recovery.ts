// Repairs recordings after a start: those in state `running` that are not resumed were written by a daemon that died. Its media
// worker may still be closing the files; they are touched once they have not changed for a while.
import { type Clock, delay, type Emitter, type Logger, type RecordingId } from "#common";
import type { Completion } from "./completion.ts";
import type { RecordingFiles } from "./files.ts";
import type { RecordingsEvents, RecordingsRepository, StoredRecording } from "./types.ts";

export interface RecoveryOptions {
  readonly repository: RecordingsRepository;
  readonly files: RecordingFiles;
  readonly completion: Completion;
  readonly events: Emitter<RecordingsEvents>;
  /** The recordings being written now. */
  readonly running: () => readonly RecordingId[];
  /** Called with the recording being repaired; undefined: none. Those that wait may be removed in the meantime. */
  readonly onMending: (id: RecordingId | undefined) => void;
  readonly clock: Clock;
  readonly log: Logger;
}

/** The last part of a running recording is written several times a second. */
const restMs = 2000;
const lookEveryMs = 500;
const maxWaitMs = 30_000;

/** Resolves when all are repaired. Never rejects. */
export async function recoverRecordings(options: RecoveryOptions): Promise<void> {
  const { repository, log } = options;
  try {
    const before = options.running();
    const rows = await repository.inState("running");
    const running = new Set([...before, ...options.running()]);
    for (const kept of rows) {
      if (!running.has(kept.id)) await recover(kept, options);
    }
  } catch (error) {
    log.error({ err: error }, "recordings could not be recovered");
  }
}

async function recover(kept: StoredRecording, options: RecoveryOptions): Promise<void> {
  const { repository, completion, events, log, onMending } = options;
  await untilAtRest(kept, options);
  if (!(await repository.get(kept.id))) return;
  onMending(kept.id);
  const recording = await completion.finish(kept, "recovered");
  onMending(undefined);
  if (recording.state === "recovered") {
    log.warn({ recording: kept.id, seconds: Math.round(recording.durationMs / 1000) }, "recording recovered");
    events.emit("recording.recovered", { recording });
  } else {
    const message = "nothing of it was on the disk";
    log.error({ recording: kept.id }, `recording not recovered: ${message}`);
    events.emit("recording.failed", { recording, reason: "write-failed", message });
  }
}

async function untilAtRest(kept: StoredRecording, { files, clock }: RecoveryOptions): Promise<void> {
  const begun = clock.monotonic();
  while (clock.monotonic() - begun < maxWaitMs) {
    const written = await files.writtenAt(kept).catch(() => []);
    if (written.every((instant) => Math.abs(clock.now() - instant) >= restMs)) return;
    await delay(clock, lookEveryMs);
  }
}
