// How much room there is on the disks of the folders that grow, and whether they can be written; read when it is asked for.
import { access, constants, statfs } from "node:fs/promises";
import { errorCode, freeBytesOf } from "#common";

export interface DiskSpace {
  readonly folder: string;
  readonly freeBytes: number;
  readonly sizeBytes: number;
}

/** Below this nothing can be relied on to be written. */
export const minFreeBytes = 2 ** 20;

/** Why nothing more can be written to the folder, in one sentence; undefined while something can. */
export async function diskFault(folder: string): Promise<string | undefined> {
  return (await readOnlyFault(folder)) ?? diskSpaceProblem(folder);
}

/** A file system that the kernel found damaged is mounted read-only from then on. */
async function readOnlyFault(folder: string): Promise<string | undefined> {
  const error = await access(folder, constants.W_OK).catch((reason: unknown) => reason);
  return errorCode(error) === "EROFS" ? `the disk of ${folder} is read-only` : undefined;
}

/** Why there is no room in the folder, in one sentence; undefined while there is. */
export async function diskSpaceProblem(folder: string): Promise<string | undefined> {
  // A disk that cannot be asked says so when it is written to.
  const free = await freeBytesOf(folder).catch(() => undefined);
  if (free === undefined || free >= minFreeBytes) return undefined;
  return `the disk of ${folder} is full (${free} bytes are free)`;
}

/** `folders`: name → path. One that is not there is left out. */
export async function diskSpace(folders: Readonly<Record<string, string>>): Promise<readonly DiskSpace[]> {
  const asked = Object.entries(folders).map(async ([folder, path]): Promise<DiskSpace | undefined> => {
    const found = await statfs(path).catch(() => undefined);
    return found && { folder, freeBytes: found.bavail * found.bsize, sizeBytes: found.blocks * found.bsize };
  });
  return (await Promise.all(asked)).filter((space) => space !== undefined);
}
