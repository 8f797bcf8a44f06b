// One daemon a folder. The lock is SQLite's own exclusive lock on a small file in the folder, `daemon.lock`: the system
// releases it when the process ends, however it ends, and it holds between containers and network namespaces of one
// machine. Beside it, `daemon.json` says which process holds the lock; it is only believed while the lock is held.
import { chownSync, existsSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import SqliteFile from "better-sqlite3";
import { errorCode, errorMessage, StartError } from "#common";

export interface LockOwner {
  readonly pid: number;
  /** RFC 3339. */
  readonly started_at: string;
  readonly command: string;
  /** Of Parley. */
  readonly version: string;
  /** The name of the machine or container. */
  readonly host: string;
  /** The Unix socket on which it serves administrators of this machine; null when it serves none. */
  readonly socket: string | null;
}

export interface FolderLock {
  /** Idempotent. */
  release(): void;
}

export interface LockOptions {
  readonly folder: string;
  /** The configuration key that names the folder. */
  readonly key: string;
  readonly startedAt: Date;
  readonly command: string;
  readonly version: string;
  readonly socket: string | null;
}

const lockName = "daemon.lock";
const holderName = "daemon.json";
/** A command that only asks whether the lock is held has it for an instant. */
const patienceMs = 300;

/** Throws a StartError that names the process which holds the folder. */
export function lockFolder({ folder, key, startedAt, ...description }: LockOptions): FolderLock {
  const path = join(folder, lockName);
  let file: SqliteFile.Database | undefined;
  try {
    file = new SqliteFile(path, { timeout: patienceMs });
    giveToOwnerOf(folder, path);
    file.exec("BEGIN EXCLUSIVE");
    describeHolder(folder, {
      pid: process.pid,
      started_at: startedAt.toISOString(),
      host: hostname(),
      ...description,
    });
  } catch (error) {
    file?.close();
    if (isBusy(error)) throw lockHeldError(key, folder);
    throw new StartError(`${key}: ${folder} cannot be locked: ${errorMessage(error)}`, { cause: error });
  }
  const locked = file;
  return {
    release() {
      if (!locked.open) return;
      rmSync(join(folder, holderName), { force: true });
      locked.close();
    },
  };
}

/** Refuses to go on where a process holds the folder, without touching it. Throws StartError. */
export function refuseHeldFolder(key: string, folder: string): void {
  if (isHeld(folder)) throw lockHeldError(key, folder);
}

/** The process that holds the folder; undefined when none does. */
export function lockOwnerOf(folder: string): LockOwner | undefined {
  return isHeld(folder) ? (readHolder(folder) ?? unknownHolder) : undefined;
}

const unknownHolder: LockOwner = {
  pid: 0,
  started_at: "",
  command: "",
  version: "",
  host: "",
  socket: null,
};

function isHeld(folder: string): boolean {
  const path = join(folder, lockName);
  if (!existsSync(path)) return false;
  let file: SqliteFile.Database | undefined;
  try {
    file = new SqliteFile(path, { timeout: 0, readonly: true, fileMustExist: true });
    file.prepare("SELECT count(*) FROM sqlite_schema").get();
    return false;
  } catch (error) {
    return isBusy(error);
  } finally {
    file?.close();
  }
}

const isBusy = (error: unknown): boolean => errorCode(error)?.startsWith("SQLITE_BUSY") ?? false;

function lockHeldError(key: string, folder: string): StartError {
  const holder = readHolder(folder);
  if (!holder) return new StartError(`${key}: another Parley uses ${folder}`);
  const { pid, started_at, command, host } = holder;
  const where = host === hostname() ? "" : ` on ${host}`;
  return new StartError(
    `${key}: Parley already runs with ${folder}: process ${pid}${where}, started ${started_at}, ${command}`,
  );
}

function readHolder(folder: string): LockOwner | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(join(folder, holderName), "utf8"));
    return isHolder(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isHolder(value: unknown): value is LockOwner {
  if (typeof value !== "object" || value === null) return false;
  const { pid, started_at, command, version, host, socket } = value as Record<string, unknown>;
  const texts = [started_at, command, version, host].every((text) => typeof text === "string");
  return texts && typeof pid === "number" && (socket === null || typeof socket === "string");
}

function describeHolder(folder: string, holder: LockOwner): void {
  const path = join(folder, holderName);
  writeFileSync(`${path}.new`, `${JSON.stringify(holder)}\n`, { mode: 0o640 });
  giveToOwnerOf(folder, `${path}.new`);
  renameSync(`${path}.new`, path);
}

/** What root makes in a folder of the service's user must stay usable for that user. */
function giveToOwnerOf(folder: string, path: string): void {
  if (process.getuid?.() !== 0) return;
  const { uid, gid } = statSync(folder);
  chownSync(path, uid, gid);
}
