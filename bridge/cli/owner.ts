// The ownership of the files in a data folder. A command that root runs must leave no file that the service's user cannot read or
// write.
import { chownSync, existsSync, lchownSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";

export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

const isRoot = (): boolean => process.getuid?.() === 0;

/** The owner of the folder, or of the nearest one above it that exists. */
export function ownerOf(folder: string): Owner {
  let path = folder;
  while (!existsSync(path)) path = dirname(path);
  const { uid, gid } = statSync(path);
  return { uid, gid };
}

/** The user of the service, to whom a new data folder belongs; undefined when there is none or we are not root. */
export function serviceOwner(users = "/etc/passwd"): Owner | undefined {
  if (!isRoot() || !existsSync(users)) return undefined;
  const line = readFileSync(users, "utf8").match(/^parley:[^:]*:(\d+):(\d+):/m);
  return line ? { uid: Number(line[1]), gid: Number(line[2]) } : undefined;
}

/** From now on this process is the owner of the folder; only root can and has to. */
export function becomeOwnerOf(folder: string): void {
  const { uid, gid } = ownerOf(folder);
  if (!isRoot() || uid === 0) return;
  process.setgroups?.([gid]);
  process.setgid?.(gid);
  process.setuid?.(uid);
}

/** A file, or a folder with everything in it. Without root nothing is changed. */
export function changeOwner(path: string, { uid, gid }: Owner): void {
  if (!isRoot()) return;
  if (!statSync(path).isDirectory()) {
    chownSync(path, uid, gid);
    return;
  }
  chownSync(path, uid, gid);
  for (const entry of readdirSync(path, { recursive: true, encoding: "utf8" }))
    lchownSync(join(path, entry), uid, gid);
}
