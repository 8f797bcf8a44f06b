// The state that the next process needs to go on with the calls of this one: rooms, calls, dialogs and legs as they are now, in a
// file of the runtime folder. It is written with every change and not synchronised: it outlives the process, not the machine.
// The file also has records that concern no call and have their own end of validity: wrong PINs, bans. A copy of these is in the
// data folder (`lasting-copy.ts`), from which a new file begins.
// Keys of SRTP are in it: no other user may read it. When a write fails, calls that are up go on; a restart would lose them.
import { chmodSync, readFileSync, rmSync } from "node:fs";
import SqliteFile from "better-sqlite3";
import { type Clock, errorCode, errorMessage, type Logger, type StateRecords, type Timer } from "#common";
import { LastingCopy, type LastingRow, readLastingCopy } from "./lasting-copy.ts";

export interface LiveStateOptions {
  readonly path: string;
  /** Of what does not end with the calls; absent: there is none. */
  readonly copyPath?: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** Of the machine since it was started; by default as Linux tells it. */
  readonly bootId?: string;
}

/** Raised whenever a record changes its meaning: a file of another version is not read. */
const version = 1;
/** How often the process writes that it lives, and how long its state is valid afterwards: then far ends have given up. */
const beatMs = 5000;
const goodForMs = 120_000;
/** In front of kinds that do not end with the calls. */
const lastingPrefix = "lasting ";
const isLasting = `kind LIKE '${lastingPrefix}%'`;
const endCalls = `DELETE FROM records WHERE NOT ${isLasting}`;

const removeFile = (path: string): void => {
  for (const suffix of ["", "-wal", "-shm"]) rmSync(`${path}${suffix}`, { force: true });
};

export class LiveState {
  /** When the previous process said last that it lived, ms since 1970; undefined: nothing is known of one. */
  readonly stoppedAt: number | undefined;
  readonly #path: string;
  readonly #file: SqliteFile.Database;
  readonly #copy: LastingCopy | undefined;
  readonly #log: Logger;
  readonly #left: ReadonlyMap<string, Map<string, unknown>>;
  readonly #clock: Clock;
  readonly #beat: () => void;
  #timer: Timer | undefined;
  readonly #writeAll: (changes: readonly Change[]) => void;
  /** What this turn of the event loop has changed, and the JSON of what is in the file; by kind and id. */
  readonly #changed = new Map<string, Change>();
  readonly #written = new Map<string, string>();
  #due: NodeJS.Immediate | undefined;
  #failed = false;
  /** Calls are in the file that are over, and cannot be taken out of it. */
  #isMisleading = false;

  /** A file that is unusable, too old or of another version is replaced by an empty one. Throws if no file can be created. */
  static open(options: LiveStateOptions): LiveState {
    try {
      return new LiveState(options);
    } catch (error) {
      options.log.warn({ err: error }, "the state of the previous process cannot be read");
      removeFile(options.path);
      return new LiveState(options);
    }
  }

  private constructor({ path, copyPath, clock, log, bootId = thisBoot() }: LiveStateOptions) {
    this.#path = path;
    this.#log = log;
    this.#clock = clock;
    this.#file = new SqliteFile(path);
    try {
      chmodSync(path, 0o600);
      this.#file.pragma("journal_mode = WAL");
      this.#file.pragma("synchronous = OFF");
      this.#file.exec(
        `CREATE TABLE IF NOT EXISTS records (kind TEXT, id TEXT, value TEXT NOT NULL, PRIMARY KEY (kind, id)) WITHOUT ROWID;
         CREATE TABLE IF NOT EXISTS process (one INTEGER PRIMARY KEY CHECK (one = 1), boot TEXT NOT NULL, at INTEGER NOT NULL)`,
      );
      const last = this.#lastBeat();
      this.stoppedAt = last?.at;
      const isOurs = this.#file.pragma("user_version", { simple: true }) === version;
      if (!isOurs) this.#file.exec("DELETE FROM records");
      if (!this.#isGood(last, bootId)) this.#file.exec(endCalls);
      const put = this.#file.prepare("INSERT OR REPLACE INTO records VALUES (?, ?, ?)");
      if (copyPath !== undefined) {
        const copied = isOurs ? [] : readLastingCopy(copyPath, log);
        this.#file.transaction(() => {
          for (const { kind, id, value } of copied) put.run(`${lastingPrefix}${kind}`, id, value);
        })();
        this.#copy = new LastingCopy({ path: copyPath, clock, log, rows: () => this.#lastingRows() });
      }
      this.#file.pragma(`user_version = ${version}`);
      this.#left = this.#read();
      const remove = this.#file.prepare("DELETE FROM records WHERE kind = ? AND id = ?");
      this.#writeAll = this.#file.transaction((changes: readonly Change[]) => {
        for (const { kind, id, take } of changes) {
          const key = keyOf(kind, id);
          const text = this.#textOf(kind, take);
          if (text === unreadable) continue;
          if (text === undefined) {
            remove.run(kind, id);
            this.#written.delete(key);
          } else if (this.#written.get(key) !== text) {
            put.run(kind, id, text);
            this.#written.set(key, text);
          }
        }
      });
      this.#file.prepare("INSERT OR IGNORE INTO process VALUES (1, ?, ?)").run(bootId, clock.now());
      const beat = this.#file.prepare("INSERT OR REPLACE INTO process VALUES (1, ?, ?)");
      this.#beat = () => {
        this.#write(() => beat.run(bootId, clock.now()));
        this.flush();
        this.#timer?.cancel();
        this.#timer = this.#clock.after(beatMs, this.#beat);
      };
    } catch (error) {
      this.#file.close();
      throw error;
    }
  }

  /**
   * All that was left is gone on with: from now on the file says that its process lives. A start that fails or is killed before leaves that
   * to the next one, which then knows since when schedules have not been looked at, and for how long far ends have waited.
   */
  started(): void {
    if (!this.#timer) this.#beat();
  }

  /** Those of one kind; their values are JSON. */
  records<Value>(kind: string): StateRecords<Value> {
    const left = (this.#left.get(kind) ?? new Map()) as ReadonlyMap<string, Value>;
    return {
      previous: left,
      put: (id, value) => this.#change({ kind, id, take: () => value }),
      changed: (id, take) => this.#change({ kind, id, take }),
      delete: (id) => this.#change({ kind, id, take: () => undefined }),
    };
  }

  /** The same of what does not end with the calls, however long it takes until the next process comes. */
  lasting<Value>(kind: string): StateRecords<Value> {
    return this.records(`${lastingPrefix}${kind}`);
  }

  /** All calls are over in order: the next process finds none. */
  clear(): void {
    for (const [key, { kind }] of this.#changed)
      if (!kind.startsWith(lastingPrefix)) this.#changed.delete(key);
    this.#written.clear();
    this.#isMisleading = this.#write(() => this.#file.exec(endCalls)) !== undefined;
  }

  close(): void {
    // The last instant, so that the next process does again nothing that this one has done.
    if (this.#timer) this.#beat();
    this.flush();
    this.#timer?.cancel();
    this.#copy?.close();
    this.#file.close();
    // A full disk: the next process would go on with calls that have ended.
    if (this.#isMisleading) removeFile(this.#path);
  }

  /** Resolves when the copy that was due is written. */
  get copied(): Promise<void> {
    return this.#copy?.idle ?? Promise.resolve();
  }

  #lastingRows(): readonly LastingRow[] {
    this.flush();
    const rows = this.#file.prepare(`SELECT kind, id, value FROM records WHERE ${isLasting}`).all();
    return (rows as LastingRow[]).map(({ kind, ...row }) => ({
      kind: kind.slice(lastingPrefix.length),
      ...row,
    }));
  }

  #lastBeat(): Beat | undefined {
    return this.#file.prepare("SELECT boot, at FROM process").get() as Beat | undefined;
  }

  #isGood(last: Beat | undefined, bootId: string): boolean {
    return last !== undefined && last.boot === bootId && Math.abs(this.#clock.now() - last.at) <= goodForMs;
  }

  #read(): Map<string, Map<string, unknown>> {
    const rows = this.#file.prepare("SELECT kind, id, value FROM records").all() as {
      readonly kind: string;
      readonly id: string;
      readonly value: string;
    }[];
    const left = new Map<string, Map<string, unknown>>();
    for (const { kind, id, value } of rows) {
      let ofKind = left.get(kind);
      if (!ofKind) {
        ofKind = new Map();
        left.set(kind, ofKind);
      }
      try {
        ofKind.set(id, JSON.parse(value));
      } catch {
        this.#log.error({ kind, id }, "a record of the previous process cannot be read");
      }
    }
    return left;
  }

  /** One that cannot be told stays as it was, and keeps no other from being written. */
  #textOf(kind: string, take: Change["take"]): string | undefined | typeof unreadable {
    try {
      const value = take();
      return value === undefined ? undefined : JSON.stringify(value);
    } catch (error) {
      this.#log.error({ err: error, kind }, "a restart would not find a change: it cannot be told");
      return unreadable;
    }
  }

  #change(change: Change): void {
    this.#changed.set(keyOf(change.kind, change.id), change);
    if (change.kind.startsWith(lastingPrefix)) this.#copy?.changed();
    this.#due ??= setImmediate(() => this.flush());
  }

  /** What has changed in this turn is written, in one transaction. */
  flush(): void {
    clearImmediate(this.#due);
    this.#due = undefined;
    if (this.#changed.size === 0) return;
    const changes = [...this.#changed];
    this.#changed.clear();
    const refused = this.#write(() => this.#writeAll(changes.map(([, change]) => change)));
    // The disk may have room again with the next change or beat; then it is written how each is by then.
    if (!errorCode(refused)?.startsWith("SQLITE_")) return;
    for (const [key, change] of changes) if (!this.#changed.has(key)) this.#changed.set(key, change);
  }

  /** Why it is not written; undefined: it is. A full disk is told once, and not with each change. */
  #write(change: () => unknown): unknown {
    try {
      change();
      this.#failed = false;
      return undefined;
    } catch (error) {
      this.#written.clear();
      if (!this.#failed) {
        this.#log.error(
          { reason: errorMessage(error) },
          "a restart would not find all calls: they cannot be written down",
        );
      }
      this.#failed = true;
      return error;
    }
  }
}

interface Change {
  readonly kind: string;
  readonly id: string;
  /** How it is now, JSON; undefined: it is over. */
  readonly take: () => unknown;
}

/** Of a change. */
const unreadable = Symbol("unreadable");

const keyOf = (kind: string, id: string): string => `${kind} ${id}`;

interface Beat {
  readonly boot: string;
  readonly at: number;
}

const thisBoot = (): string => readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
