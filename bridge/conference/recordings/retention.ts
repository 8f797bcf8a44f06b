// Deletes old recordings: by age, and by the space that all take. Each deletion is preceded by a
// warning for the same cause some time before; the oldest go first. A pure function makes the plan.
import { type Clock, type Emitter, errorMessage, type Logger, type Timer } from "#common";
import type { RecordingFiles } from "./files.ts";
import type { RecordingsEvents, RecordingsRepository, RemovalCause, StoredRecording } from "./types.ts";

export interface RetentionSettings {
  /** 0: unlimited. */
  readonly retentionDays: number;
  /** Limit of all recordings together. 0: unlimited. */
  readonly maxBytes: number;
}

export interface Measure {
  readonly recording: StoredRecording;
  readonly reason: RemovalCause;
}

export interface RetentionPlan {
  /** With the earliest time of their removal, milliseconds since 1970. */
  readonly warn: readonly (Measure & { readonly removedAfter: number })[];
  readonly remove: readonly Measure[];
  /** The cause of their warning has ended: if it recurs, they are warned again. */
  readonly clear: readonly StoredRecording[];
}

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** Shortest time from a warning to the removal. */
export const noticeMs = { expired: dayMs, space: hourMs } as const;

/** `kept`: all recordings that have ended, oldest first. */
export function planRetention(
  kept: readonly StoredRecording[],
  { retentionDays, maxBytes }: RetentionSettings,
  now: number,
): RetentionPlan {
  const warn: RetentionPlan["warn"][number][] = [];
  const remove: Measure[] = [];
  const clear: StoredRecording[] = [];
  let bytes = kept.reduce((sum, recording) => sum + bytesOf(recording), 0);
  for (const recording of kept) {
    const expiresAt = Date.parse(recording.endedAt ?? recording.answeredAt) + retentionDays * dayMs;
    const expiring = retentionDays > 0 && now >= expiresAt - noticeMs.expired;
    const crowded = maxBytes > 0 && bytes > maxBytes;
    if (!expiring && !crowded) {
      if (recording.warnedAt !== null) clear.push(recording);
      continue;
    }
    // A warning stays valid while its cause lasts, even if another cause has been added.
    const warnedOfSpace = crowded && recording.warnedFor === "space";
    const reason = expiring && !warnedOfSpace ? "expired" : "space";
    bytes -= bytesOf(recording);
    const warnedAt = recording.warnedFor === reason ? recording.warnedAt : null;
    const noticeEnds = warnedAt === null ? undefined : Date.parse(warnedAt) + noticeMs[reason];
    const due = reason === "expired" ? expiresAt : now;
    if (noticeEnds === undefined) {
      warn.push({ recording, reason, removedAfter: Math.max(due, now + noticeMs[reason]) });
    } else if (now >= noticeEnds && now >= due) remove.push({ recording, reason });
  }
  return { warn, remove, clear };
}

export const bytesOf = ({ size, tracks, posterBytes }: StoredRecording): number =>
  tracks.reduce((sum, track) => sum + track.size, size + posterBytes);

export interface RetentionOptions {
  readonly repository: RecordingsRepository;
  readonly files: RecordingFiles;
  readonly settings: RetentionSettings;
  readonly events: Emitter<RecordingsEvents>;
  readonly clock: Clock;
  readonly log: Logger;
}

const sweepEveryMs = 10 * 60_000;

export class RecordingRetention {
  readonly #options: RetentionOptions;
  #timer: Timer | undefined;
  #closed = false;

  constructor(options: RetentionOptions) {
    this.#options = options;
  }

  /** Checks now, and then every ten minutes; only once if everything is kept, since warnings of earlier settings may be left. */
  start(): void {
    const { retentionDays, maxBytes } = this.#options.settings;
    const keepsAll = retentionDays === 0 && maxBytes === 0;
    void this.sweep().finally(() => {
      if (keepsAll || this.#closed) return;
      this.#timer = this.#options.clock.after(sweepEveryMs, () => this.start());
    });
  }

  close(): void {
    this.#closed = true;
    this.#timer?.cancel();
  }

  /** Never rejects. */
  async sweep(): Promise<void> {
    const { repository, settings, clock, log } = this.#options;
    try {
      const { warn, remove, clear } = planRetention(await repository.ended(), settings, clock.now());
      for (const { id } of clear) await repository.update(id, { warnedAt: null, warnedFor: null });
      for (const { recording, reason, removedAfter } of warn)
        await this.#warn(recording, reason, removedAfter);
      for (const { recording, reason } of remove) await this.#remove(recording, reason);
    } catch (error) {
      log.error({ reason: errorMessage(error) }, "old recordings could not be removed");
    }
  }

  async #warn(recording: StoredRecording, reason: Measure["reason"], removedAfter: number): Promise<void> {
    const { repository, events, clock, log } = this.#options;
    const warnedAt = new Date(clock.now()).toISOString();
    const warning = { warnedAt, warnedFor: reason };
    if (!(await repository.update(recording.id, warning))) return;
    const after = new Date(removedAfter).toISOString();
    log.warn({ recording: recording.id, reason, removedAfter: after }, "a recording will be removed");
    events.emit("recording.warning", {
      recording: { ...recording, ...warning },
      reason,
      removedAfter: after,
    });
  }

  async #remove(recording: StoredRecording, reason: Measure["reason"]): Promise<void> {
    const { repository, files, events, log } = this.#options;
    await files.remove(recording);
    if (!(await repository.delete(recording.id))) return;
    log.info({ recording: recording.id, reason }, "recording removed");
    events.emit("recording.removed", { recording, reason });
  }
}
