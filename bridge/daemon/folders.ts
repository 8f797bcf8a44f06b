// The folders that the daemon needs, made at the start. One that cannot be used stops it with a sentence.
import { accessSync, constants, existsSync, mkdirSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { errorMessage, StartError } from "#common";
import type { Config } from "#config";

export interface Folders {
  readonly data: string;
  /** For sockets: readable by us alone. */
  readonly runtime: string;
  readonly recordings: string;
  /** The bridge's own recordings, played to callers. */
  readonly clips: string;
  /** What the runtime has compiled: nothing is lost with it. */
  readonly compiled: string;
}

/** `sockaddr_un.sun_path` holds 108 bytes, the last one zero. */
const longestSocketPath = 107;
const longestSocketName = "media-1023.sock".length + 1;

export function prepareFolders(config: Config): Folders {
  const data = usable("data_dir", resolve(config.data_dir), 0o750);
  const runtime = usable("runtime_dir", resolve(config.runtime_dir || join(data, "run")), 0o700);
  if (Buffer.byteLength(runtime) + longestSocketName > longestSocketPath) {
    throw new StartError(`runtime_dir: ${runtime} is too long for a Unix socket; set a shorter one`);
  }
  const recordings = resolve(config.recordings.path || join(data, "recordings"));
  const clips = usable("data_dir", join(data, "clips"), 0o700);
  return { data, runtime, recordings, clips, compiled: usable("data_dir", join(data, "compiled"), 0o700) };
}

function usable(key: string, path: string, mode: number): string {
  try {
    make(path, mode);
    accessSync(path, constants.W_OK | constants.X_OK);
    return path;
  } catch (error) {
    throw new StartError(`${key}: ${path} cannot be written: ${errorMessage(error)}`, { cause: error });
  }
}

/** With its parents. Node's own `recursive` never returns where a parent exists and takes no folders (/proc). */
function make(path: string, mode: number): void {
  if (existsSync(path)) return;
  make(dirname(path), mode);
  mkdirSync(path, { mode });
}
