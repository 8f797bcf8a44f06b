// The Parley that a command is about: its configuration, its folders, and the daemon that runs with them, if one does.

import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { type Config, configFile, loadConfig } from "#config";
import { type Folders, folderPaths, type LockOwner, lockOwnerOf } from "../setup/index.ts";
import { DaemonClient } from "./daemon-client.ts";
import { CommandError, exitCodes } from "./exit.ts";

export interface Installation {
  readonly config: Config;
  /** Undefined when the defaults and the environment are all there is. */
  readonly configFile: { readonly path: string; readonly text: string } | undefined;
  readonly folders: Folders;
  readonly database: string;
}

export interface RunningDaemon {
  readonly holder: LockOwner;
  readonly client: DaemonClient;
}

/** Throws StartError. */
export function openInstallation(
  configArguments: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Installation {
  const sources = { argv: configArguments, env, readFile: (path: string) => readFileSync(path, "utf8") };
  const config = loadConfig(sources);
  const folders = folderPaths(config);
  return {
    config,
    configFile: configFile(sources),
    folders,
    database: join(folders.data, "parley.db"),
  };
}

/** Undefined when none runs. Throws a CommandError when this user may not know or may not ask it. */
export function findDaemon({ folders }: Installation): RunningDaemon | undefined {
  requireReadable(folders.data);
  const holder = lockOwnerOf(folders.data);
  if (!holder) return undefined;
  if (holder.socket === null) {
    throw new CommandError(
      `process ${holder.pid} holds ${folders.data}, and it is no daemon: wait for its end`,
    );
  }
  return { holder, client: new DaemonClient(holder.socket) };
}

/** Throws a CommandError when none runs. */
export function requireDaemon(installation: Installation): RunningDaemon {
  const daemon = findDaemon(installation);
  if (daemon) return daemon;
  throw new CommandError(`Parley does not run with ${installation.folders.data}`, exitCodes.notRunning);
}

function requireReadable(folder: string): void {
  try {
    statSync(join(folder, "."));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EACCES") return;
    throw new CommandError(
      `${folder} may not be read by this user: use sudo, or the user that Parley runs as`,
    );
  }
}
