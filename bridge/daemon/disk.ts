// How much room there is on the disks of the folders that grow, asked when somebody wants to know.
import { statfs } from "node:fs/promises";

export interface DiskSpace {
  readonly folder: string;
  readonly freeBytes: number;
  readonly sizeBytes: number;
}

/** `folders`: name → path. One that is not there is left out. */
export async function diskSpace(folders: Readonly<Record<string, string>>): Promise<readonly DiskSpace[]> {
  const asked = Object.entries(folders).map(async ([folder, path]): Promise<DiskSpace | undefined> => {
    const found = await statfs(path).catch(() => undefined);
    return found && { folder, freeBytes: found.bavail * found.bsize, sizeBytes: found.blocks * found.bsize };
  });
  return (await Promise.all(asked)).filter((space) => space !== undefined);
}
