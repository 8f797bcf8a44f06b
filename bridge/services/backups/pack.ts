// Writes a backup's archive. What lies in it comes from two places: files that were made for it, and folders that the
// daemon goes on using. A file there that is gone before its turn is left out; one that grows or shrinks in the meantime is
// taken with the size that it has when its turn comes.
import { createWriteStream } from "node:fs";
import { type FileHandle, open, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { Header, Pax } from "tar";
import { errorCode } from "#common";

export interface ArchiveParts {
  /** Name in the archive, path on the disk. */
  readonly files: readonly Part[];
  /** Folders in use. */
  readonly live: readonly Part[];
}
type Part = readonly [name: string, path: string];

/** Recordings hardly shrink any more: the rest is small. */
const compression = { level: 1 };
/** Of tar: everything begins at a multiple of it, and two empty ones are the end. */
const blockBytes = 512;
const zeros = Buffer.alloc(64 * 1024);

/** Into `file`, which is there already and keeps its mode. Rejects with the system's error. */
export async function pack(parts: ArchiveParts, file: string): Promise<void> {
  await pipeline(archiveOf(parts), createGzip(compression), createWriteStream(file, { flags: "r+" }));
}

async function* archiveOf({ files, live }: ArchiveParts): AsyncGenerator<Buffer> {
  for (const [name, path] of files) yield* entryOf(name, await open(path));
  for (const folder of live) {
    for await (const [name, path] of filesBelow(folder, new Set())) {
      const handle = await unlessGone(open(path));
      if (handle) yield* entryOf(name, handle);
    }
  }
  yield zeros.subarray(0, 2 * blockBytes);
}

/** Links are followed, folders once. */
async function* filesBelow([name, path]: Part, seen: Set<string>): AsyncGenerator<Part> {
  const { dev, ino } = (await unlessGone(stat(path))) ?? {};
  if (dev === undefined || seen.has(`${dev}:${ino}`)) return;
  seen.add(`${dev}:${ino}`);
  for (const entry of (await unlessGone(readdir(path))) ?? []) {
    const below: Part = [`${name}/${entry}`, join(path, entry)];
    const found = await unlessGone(stat(below[1]));
    if (found?.isDirectory()) yield* filesBelow(below, seen);
    else if (found?.isFile()) yield below;
  }
}

/** Closes the file. */
async function* entryOf(name: string, handle: FileHandle): AsyncGenerator<Buffer> {
  try {
    const { size, mtime } = await handle.stat();
    yield* headOf(name, size, mtime);
    let missing = size;
    if (size > 0) {
      for await (const piece of handle.createReadStream({ start: 0, end: size - 1, autoClose: false })) {
        missing -= (piece as Buffer).length;
        yield piece as Buffer;
      }
    }
    yield* padding(missing + (Math.ceil(size / blockBytes) * blockBytes - size));
  } finally {
    await handle.close();
  }
}

function* headOf(path: string, size: number, mtime: Date): Generator<Buffer> {
  const fields = { path, size, mtime };
  const header = new Header({ ...fields, mode: 0o600, type: "File" });
  if (header.encode()) yield new Pax(fields).encode();
  yield header.block!;
}

function* padding(bytes: number): Generator<Buffer> {
  for (let left = bytes; left > 0; left -= zeros.length) yield zeros.subarray(0, left);
}

async function unlessGone<T>(looking: Promise<T>): Promise<T | undefined> {
  try {
    return await looking;
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined;
    throw error;
  }
}
