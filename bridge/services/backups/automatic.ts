// The bridge's own backups: one a day, and one before the database is brought to a newer schema. They are written by
// another process, looked through, kept for some days, and never in the way of calls: a disk with too little room gets
// none. The result of each try is an event, a metric and a line of the log.
import { statSync } from "node:fs";
import { readdir, rm } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import {
  type Clock,
  Emitter,
  errorMessage,
  freeBytesOf,
  type Logger,
  makeFolder,
  ParleyError,
  type Timer,
} from "#common";
import { outdatedSchema, schemaOf } from "#services/store";
import { type BackupFile, type BackupKind, backupName, backupsIn, expired, lastBackupAt } from "./files.ts";
import { runBackup } from "./run.ts";
import { nextBackup } from "./schedule.ts";
import { type BackupJob, partialSuffix, stagingPrefix } from "./write.ts";

export type BackupsEvents = {
  made: { readonly file: string; readonly bytes: number; readonly kind: BackupKind };
  failed: { readonly reason: string; readonly kind: BackupKind };
};

export interface BackupSettings {
  /** Of the backups. */
  readonly folder: string;
  readonly database: string;
  readonly data: string;
  /** The text of the configuration file; undefined where there is none. */
  readonly config: string | undefined;
  /** 0: no automatic backups. */
  readonly keepDays: number;
  /** 0 to 23, of the machine's local time. */
  readonly hour: number;
  /** Of Parley. */
  readonly version: string;
}

export interface BackupOptions {
  readonly settings: BackupSettings;
  readonly clock: Clock;
  readonly log: Logger;
  /** Writes a backup and returns its size in bytes. Rejects with the reason when that fails. */
  readonly write?: (job: BackupJob, signal: AbortSignal) => Promise<number>;
}

export interface BackupStatus {
  readonly folder: string;
  readonly keepDays: number;
  /** Of the newest backup that is there, milliseconds since the epoch. */
  readonly lastGoodAt: number | undefined;
  /** The last try of this process, where it failed. */
  readonly lastFailure: { readonly at: number; readonly reason: string } | undefined;
  /** Tries of this process. */
  readonly made: number;
  readonly failed: number;
}

/** A start has other things to do, and its crash may be over within it. */
const restMs = 10 * 60_000;
/** A clock may jump: the time is looked at again so often. */
const lookEveryMs = 15 * 60_000;
/** The space that a backup leaves free on the disk. */
const spareBytes = 64 * 2 ** 20;

export class AutomaticBackups {
  readonly events = new Emitter<BackupsEvents>();
  readonly #options: BackupOptions;
  readonly #closing = new AbortController();
  #timer: Timer | undefined;
  #running: Promise<void> | undefined;
  /** Made before anything could listen to `events`. */
  #early: BackupsEvents["made"] | undefined;
  #lastFailure: BackupStatus["lastFailure"];
  #made = 0;
  #failed = 0;

  constructor(options: BackupOptions) {
    this.#options = options;
  }

  get status(): BackupStatus {
    const { settings, clock } = this.#options;
    const { folder, keepDays } = settings;
    return {
      ...{ folder, keepDays, lastGoodAt: lastBackupAt(folder, clock.now()) },
      ...{ lastFailure: this.#lastFailure, made: this.#made, failed: this.#failed },
    };
  }

  /** One a day from now on; tells of the one that was made before the upgrade. */
  start(): void {
    if (this.#early) this.events.emit("made", this.#early);
    this.#early = undefined;
    if (this.#options.settings.keepDays > 0) this.#lookIn(restMs);
  }

  /**
   * Before the database is opened by a version that changes its schema: a backup of what it is. Rejects with a ParleyError
   * when there could be none.
   */
  async beforeUpgrade(): Promise<void> {
    const { settings, clock } = this.#options;
    const schema = settings.keepDays === 0 ? undefined : outdatedSchema(settings.database);
    if (schema === undefined) return;
    this.#early = await this.#make({ kind: "upgrade", madeAt: clock.now(), schema });
  }

  /** Resolves when no backup is being written. */
  async idle(): Promise<void> {
    await this.#running;
  }

  /** Ends a backup that is being written. Idempotent. */
  async close(): Promise<void> {
    this.#timer?.cancel();
    this.#closing.abort();
    await this.#running;
  }

  #lookIn(delayMs: number): void {
    if (this.#closing.signal.aborted) return;
    this.#timer = this.#options.clock.after(Math.min(delayMs, lookEveryMs), () => {
      this.#running = this.#look();
    });
  }

  async #look(): Promise<void> {
    const { settings, clock } = this.#options;
    const due = () =>
      nextBackup(clock.now(), settings.hour, {
        lastGood: lastBackupAt(settings.folder, clock.now(), "daily"),
        lastFailure: this.#lastFailure?.at,
      });
    if (due() <= clock.now()) {
      // It is told and counted, and tried again.
      await this.#try().catch(() => {});
    }
    this.#lookIn(Math.max(due() - clock.now(), 0));
  }

  async #try(): Promise<void> {
    const { settings, clock, log } = this.#options;
    const { signal } = this.#closing;
    try {
      const madeAt = clock.now();
      const name = { kind: "daily", madeAt, schema: schemaOf(settings.database) } as const;
      this.events.emit("made", await this.#make(name));
    } catch (error) {
      if (signal.aborted) return;
      const reason = errorMessage(error);
      this.#lastFailure = { at: clock.now(), reason };
      this.#failed += 1;
      log.error({ reason }, "the daily backup failed");
      this.events.emit("failed", { reason, kind: "daily" });
    }
  }

  async #make(name: Omit<BackupFile, "name">): Promise<BackupsEvents["made"]> {
    const { settings, log, write = runBackup } = this.#options;
    const { folder, database, data, config, version } = settings;
    const file = join(folder, backupName(name));
    makeFolder(folder, 0o700);
    await sweep(folder);
    await requireRoom(folder, database);
    this.#closing.signal.throwIfAborted();
    const job = {
      ...{ file, database, data, withChat: false, config, version, host: hostname() },
      ...{ now: name.madeAt, background: name.kind === "daily" },
    };
    const bytes = await write(job, this.#closing.signal);
    this.#made += 1;
    log.info({ file, bytes }, name.kind === "daily" ? "backup made" : "backup made before the upgrade");
    await this.#removeExpired(name.madeAt);
    return { file, bytes, kind: name.kind };
  }

  async #removeExpired(now: number): Promise<void> {
    const { folder, keepDays } = this.#options.settings;
    for (const { name } of expired(backupsIn(folder), { now, keepDays })) {
      await rm(join(folder, name), { force: true });
    }
  }
}

/** Removes the files of a process that was killed. */
async function sweep(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (name.startsWith(stagingPrefix) || name.endsWith(partialSuffix)) {
      await rm(join(folder, name), { recursive: true, force: true });
    }
  }
}

/** For the copy and for the archive of it. */
async function requireRoom(folder: string, database: string): Promise<void> {
  const needed = 2 * statSync(database).size + spareBytes;
  const free = await freeBytesOf(folder);
  if (free >= needed) return;
  throw new ParleyError(
    "BACKUP_FAILED",
    `${folder} has too little room for a backup: ${needed} bytes are needed, ${free} are free`,
  );
}
