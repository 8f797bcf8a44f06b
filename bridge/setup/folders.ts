// The folders that the daemon needs, made at the start. One that cannot be used stops it with a sentence.
import { accessSync, constants, existsSync, statSync } from "node:fs";
import { userInfo } from "node:os";
import { join, resolve } from "node:path";
import { errorCode, errorMessage, makeFolder, StartError } from "#common";
import type { Config } from "#config";
import { diskSpaceProblem } from "./disk.ts";

export interface Folders {
  readonly data: string;
  /** For sockets: readable by us alone. */
  readonly runtime: string;
  readonly recordings: string;
  /** The bridge's own recordings, played to callers. */
  readonly clips: string;
  /** Files that were sent in rooms. */
  readonly chat: string;
  /** Where workers write dumps of calls while they last. */
  readonly dumps: string;
  /** Where workers write pictures of rooms, for a moment. */
  readonly snapshots: string;
  /** The bridge's own backups; made with the first of them. */
  readonly backups: string;
  /** What the runtime has compiled: nothing is lost with it. */
  readonly compiled: string;
}

/** `sockaddr_un.sun_path` holds 108 bytes, the last one zero. */
const maxSocketPathLength = 107;
const maxSocketNameLength = "media-1023.sock".length + 1;

/** Where the folders are, whether they exist or not. */
export function folderPaths(config: Config): Folders {
  const data = resolve(config.data_dir);
  return {
    data,
    runtime: resolve(config.runtime_dir || join(data, "run")),
    recordings: resolve(config.recordings.path || join(data, "recordings")),
    clips: join(data, "clips"),
    chat: join(data, "chat"),
    dumps: join(data, "dumps"),
    snapshots: join(data, "snapshots"),
    backups: resolve(config.backup.path || join(data, "backups")),
    compiled: join(data, "compiled"),
  };
}

/** Lies in the data folder while `parley restore` exchanges what is in it. */
export const restoreMark = "restore.unfinished";

/** Makes those that are not there. Throws StartError. */
export function prepareFolders(config: Config): Folders {
  const folders = folderPaths(config);
  const { data, runtime, clips, chat, dumps, snapshots, compiled } = folders;
  if (existsSync(join(data, restoreMark))) {
    throw new StartError(
      `data_dir: a restore into ${data} was interrupted; do it again: parley restore FILE`,
    );
  }
  usable("data_dir", data, 0o750);
  usable("runtime_dir", runtime, 0o700);
  if (Buffer.byteLength(runtime) + maxSocketNameLength > maxSocketPathLength) {
    throw new StartError(`runtime_dir: ${runtime} is too long for a Unix socket; set a shorter one`);
  }
  usable("data_dir", clips, 0o700);
  usable("data_dir", chat, 0o700);
  usable("data_dir", dumps, 0o700);
  usable("data_dir", snapshots, 0o700);
  usable("data_dir", compiled, 0o700);
  return folders;
}

/** Throws a StartError where the disk of the data folder is full: the first change would fail. */
export async function requireSpace(folder: string): Promise<void> {
  const shortage = await diskSpaceProblem(folder);
  if (shortage !== undefined) throw new StartError(`data_dir: ${shortage}; make room on it`);
}

const faults: Record<string, string> = {
  EROFS: "is on a file system that is mounted read-only",
  ENOSPC: "cannot be made: the disk is full",
  EDQUOT: "cannot be made: the quota of this user is used up",
};

function usable(key: string, path: string, mode: number): void {
  try {
    makeFolder(path, mode);
    accessSync(path, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    const code = errorCode(error) ?? "";
    const fault = code === "EACCES" ? ownerFault(path) : faults[code];
    throw new StartError(`${key}: ${path} ${fault ?? `cannot be written: ${errorMessage(error)}`}`, {
      cause: error,
    });
  }
}

function ownerFault(path: string): string | undefined {
  if (!existsSync(path)) return undefined;
  const { uid, mode } = statSync(path);
  const { username } = userInfo();
  return `may not be written by the user ${username}: it belongs to user id ${uid}, mode ${(mode & 0o777).toString(8)}`;
}
