// The files of chats on disk: each under its id, which is a UUID of ours, in one folder. Incomplete files
// end in `.part`. No other name is ever used.
import { createHash } from "node:crypto";
import { open, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { errorCode, freeBytesOf, makeFolder, ParleyError } from "#common";

export type Received =
  | { readonly kind: "whole"; readonly path: string; readonly sha256: string; readonly size: number }
  /** More bytes than were announced. */
  | { readonly kind: "longer" };

const idPattern = /^[0-9a-f-]{36}$/;
const partial = ".part";

export class FileFolder {
  readonly #folder: string;

  /** The folder is made when a file is announced. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  path(id: string): string {
    if (!idPattern.test(id)) throw new ParleyError("INTERNAL", "not the id of a file");
    return join(this.#folder, id);
  }

  /** Writes the bytes under a temporary name, to be kept or discarded. Rejects when the disk or the source fails. */
  async receive(id: string, source: AsyncIterable<Uint8Array>, most: number): Promise<Received> {
    const path = `${this.path(id)}${partial}`;
    const file = await open(path, "w", 0o600);
    const hash = createHash("sha256");
    let size = 0;
    try {
      for await (const piece of source) {
        size += piece.length;
        if (size > most) return { kind: "longer" };
        hash.update(piece);
        for (let from = 0; from < piece.length; ) from += (await file.write(piece, from)).bytesWritten;
      }
      await file.sync();
    } finally {
      await file.close();
    }
    return { kind: "whole", path, sha256: hash.digest("hex"), size };
  }

  /** Gives a received file its final name. */
  async keep(id: string): Promise<void> {
    await rename(`${this.path(id)}${partial}`, this.path(id));
  }

  async discard(id: string): Promise<void> {
    await rm(`${this.path(id)}${partial}`, { force: true });
  }

  async remove(id: string): Promise<void> {
    await rm(this.path(id), { force: true });
  }

  /** Removes all files but these. */
  async keepOnly(ids: ReadonlySet<string>): Promise<void> {
    for (const name of await this.#names()) {
      if (!ids.has(name)) await rm(join(this.#folder, name), { recursive: true, force: true });
    }
  }

  /** Free bytes on this disk. */
  async freeBytes(): Promise<number> {
    makeFolder(this.#folder, 0o700);
    return freeBytesOf(this.#folder);
  }

  async #names(): Promise<string[]> {
    try {
      return await readdir(this.#folder);
    } catch (error) {
      if (errorCode(error) === "ENOENT") return [];
      throw error;
    }
  }
}
