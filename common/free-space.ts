// The free disk space for this process.
import { statfs } from "node:fs/promises";

/** Free bytes on the disk of the folder; for root they include the reserved blocks. Rejects when the folder does not exist. */
export async function freeBytesOf(folder: string): Promise<number> {
  const { bavail, bfree, bsize } = await statfs(folder);
  return (process.getuid?.() === 0 ? bfree : bavail) * bsize;
}
