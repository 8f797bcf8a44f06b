// Replaces files and folders: the present ones move into a folder of their own, the new ones take their places, and until the last
// step everything can be moved back.
import { copyFileSync, existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { errorCode } from "#common";
import { changeOwner, type Owner } from "./owner.ts";

export class Swap {
  readonly #kept: string;
  readonly #owner: Owner;
  /** From where to where, in the order in which it was done. */
  readonly #moves: (readonly [from: string, to: string])[] = [];
  #hasKept = false;

  /** `kept` is made when something has to go there. */
  constructor(kept: string, owner: Owner) {
    this.#kept = kept;
    this.#owner = owner;
  }

  get hasKept(): boolean {
    return this.#hasKept;
  }

  /** `source` takes the place of `target`, or nothing does; the file or folder at `target` is kept as `name`. */
  put(source: string | undefined, target: string, name: string): void {
    if (existsSync(target)) {
      const kept = join(this.#kept, name);
      mkdirSync(dirname(kept), { recursive: true, mode: 0o700 });
      changeOwner(this.#kept, this.#owner);
      this.#move(target, kept);
      this.#hasKept = true;
    }
    if (source !== undefined && existsSync(source)) this.#move(source, target);
  }

  undo(): void {
    for (const [from, to] of this.#moves.splice(0).reverse()) move(to, from);
    rmSync(this.#kept, { recursive: true, force: true });
    this.#hasKept = false;
  }

  #move(from: string, to: string): void {
    move(from, to);
    this.#moves.push([from, to]);
  }
}

/** A file may go to another disk: it is complete there before it leaves here. */
function move(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if (errorCode(error) !== "EXDEV") throw error;
    copyFileSync(from, `${to}.partial`);
    renameSync(`${to}.partial`, to);
    rmSync(from);
  }
}
