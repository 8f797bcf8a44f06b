// Replaces a file atomically: another program writes it under a temporary name, and it is renamed once it is complete and on disk. A
// crash or a full disk leaves the old file, or none.
import { open, rename, rm } from "node:fs/promises";

/**
 * Calls `write` to write the file for `path`; it returns whether it has written one. The file survives a power cut
 * and is readable by our group. Rejects as `write` does; then, and when nothing was written, `path` is unchanged.
 */
export async function replaceFile(
  path: string,
  write: (beside: string) => Promise<boolean>,
): Promise<boolean> {
  const beside = `${path}.part`;
  try {
    const written = await write(beside);
    if (written) {
      await keep(beside);
      await rename(beside, path);
    }
    return written;
  } finally {
    await rm(beside, { force: true });
  }
}

async function keep(path: string): Promise<void> {
  const file = await open(path, "r+");
  try {
    await file.chmod(0o640);
    await file.sync();
  } finally {
    await file.close();
  }
}
