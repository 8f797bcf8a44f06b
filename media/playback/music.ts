// The pieces of music on hold in a folder, which is read once.
import { join } from "node:path";
import type { FileSource } from "./files.ts";
import { audioExtensions } from "./pack.ts";

const maxPieces = 100;

export class MusicFolder {
  readonly path: string;
  #pieces: readonly string[] | undefined;

  constructor(path: string) {
    this.path = path;
  }

  /** Undefined before the folder was read. */
  get known(): readonly string[] | undefined {
    return this.#pieces;
  }

  /** Their files, in the order of their names; none without a folder. */
  async pieces(files: FileSource): Promise<readonly string[]> {
    this.#pieces ??= (await files.list(this.path))
      .filter((name) => audioExtensions.some((extension) => name.endsWith(extension)))
      .slice(0, maxPieces)
      .map((name) => join(this.path, name));
    return this.#pieces;
  }
}
