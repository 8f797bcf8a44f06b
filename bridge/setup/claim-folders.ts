// What a start makes sure of before it touches anything that another Parley may be using: no process holds the folders,
// every port can be had, there is room on the disk. Then the folders are this process's until it ends.
import { join } from "node:path";
import type { Clock } from "#common";
import type { Config } from "#config";
import { lockFolder, refuseHeldFolder } from "./folder-lock.ts";
import { type Folders, folderPaths, prepareFolders, requireSpace } from "./folders.ts";
import { listenersOf, tryListeners } from "./listening.ts";

export interface ClaimedFolders extends Folders {
  /** The Unix socket for administrators of this machine. */
  readonly adminSocket: string;
  /** Idempotent. */
  release(): void;
}

/** Looks without touching anything. Throws StartError. */
export async function checkStart(config: Config): Promise<void> {
  const { data, runtime } = folderPaths(config);
  refuseHeldFolder("data_dir", data);
  refuseHeldFolder("runtime_dir", runtime);
  await tryListeners(listenersOf(config));
}

/** Throws StartError; then nothing in an existing data folder has changed. */
export async function claimFolders(config: Config, version: string, clock: Clock): Promise<ClaimedFolders> {
  await checkStart(config);
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
