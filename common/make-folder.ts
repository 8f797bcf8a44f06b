// Makes a folder and its missing parents. Node's own `recursive` never returns where a parent exists and takes no
// folders (/proc).
import { existsSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";

/** Each gets this mode, and `onMade` is told of each, parents first. Throws what the file system throws. */
export function makeFolder(path: string, mode: number, onMade: (path: string) => void = () => {}): void {
  if (existsSync(path)) return;
  makeFolder(dirname(path), mode, onMade);
  mkdirSync(path, { mode });
  onMade(path);
}
