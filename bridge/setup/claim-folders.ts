// What a start makes sure of before it touches anything that another Parley may be using: no process holds the folders,
// the machine has what the configuration needs, every port can be had, there is room on the disk. Then the folders are
// this process's until it ends.
import { join } from "node:path";
import type { Clock } from "#common";
import type { Config } from "#config";
import { lockFolder, refuseHeldFolder } from "./folder-lock.ts";
import { type Folders, folderPaths, prepareFolders, requireSpace } from "./folders.ts";
import { listenersOf, tryListeners } from "./listening.ts";
import { requireMachine } from "./require-machine.ts";

export interface ClaimedFolders extends Folders {
  /** The Unix socket for administrators of this machine. */
  readonly adminSocket: string;
  /** Idempotent. */
  release(): void;
}

export interface StartConditions {
  readonly config: Config;
  /** For what a machine that boots may not have yet, instead of refusing. */
  readonly wait: boolean;
  readonly clock: Clock;
}

/** Looks without touching anything. Throws StartError. */
export async function checkStart(conditions: StartConditions): Promise<void> {
  const { config } = conditions;
  const folders = folderPaths(config);
  refuseHeldFolder("data_dir", folders.data);
  refuseHeldFolder("runtime_dir", folders.runtime);
  await requireMachine({ ...conditions, folders });
  await tryListeners(listenersOf(config));
}

/** Throws StartError; then nothing in an existing data folder has changed. */
export async function claimFolders(conditions: StartConditions, version: string): Promise<ClaimedFolders> {
  const { config, clock } = conditions;
  await checkStart(conditions);
  const folders = prepareFolders(config);
  await requireSpace(folders.data);
  const adminSocket = join(folders.runtime, "admin.sock");
  const startedAt = new Date(clock.now());
  const command = process.argv.slice(1).join(" ");
  const holder = { startedAt, command, version, socket: adminSocket };
  const dataLock = lockFolder({ folder: folders.data, key: "data_dir", ...holder });
  try {
    const runtimeLock = lockFolder({ folder: folders.runtime, key: "runtime_dir", ...holder });
    return {
      ...folders,
      adminSocket,
      release() {
        runtimeLock.release();
        dataLock.release();
      },
    };
  } catch (error) {
    dataLock.release();
    throw error;
  }
}
