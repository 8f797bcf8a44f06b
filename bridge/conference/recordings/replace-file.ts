// A file that another program writes: beside its place at first, and there once it is whole and on the disk, so that a crash or
// a full disk leaves what was there before, or nothing.
import { open, rename, rm } from "node:fs/promises";

/**
 * Has `write` write the file that is to be at `path`; it answers whether it has written one. What is written survives a power cut
 * and is readable by our group. Rejects as `write` does; `path` is as before then, and where nothing was written.
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
