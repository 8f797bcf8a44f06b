// How much this process may still write on a disk.
import { statfs } from "node:fs/promises";

/** Bytes on the disk of the folder; root may use what is held back from others. Rejects when the folder is not there. */
export async function freeBytesOf(folder: string): Promise<number> {
  const { bavail, bfree, bsize } = await statfs(folder);
  return (process.getuid?.() === 0 ? bfree : bavail) * bsize;
}
