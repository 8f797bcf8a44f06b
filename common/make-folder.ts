// Makes a folder and its missing parents. Node's own `recursive` never returns where a parent exists and takes no
// folders (/proc).
import { existsSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";

/** `mode` applies to each new folder; `onMade` is called for each, parents first. Throws the file system's error. */
export function makeFolder(path: string, mode: number, onMade: (path: string) => void = () => {}): void {
  if (existsSync(path)) return;
  makeFolder(dirname(path), mode, onMade);
  mkdirSync(path, { mode });
  onMade(path);
}
