// Files for the names that callers say. A recording of a voice is private: its file name
// reveals nothing, only our user can read it, and it is removed with the call, when the bridge
// stops, or when it starts after it was killed.
//
//   CLIPS/names/RANDOM.wav   is played as the clip   names/RANDOM
import { randomUUID } from "node:crypto";
import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { rm } from "node:fs/promises";
import { basename, join, parse } from "node:path";
import { errorCode, type Logger } from "#common";

export interface NameClip {
  /** The file to record into, and to play. */
  readonly clip: string;
  /** Removes the file; no error if there is none. */
  discard(): void;
}

const folderName = "names";

export class SpokenNames {
  readonly #clips: string;
  readonly #log: Logger;

  /** Removes leftover files except `kept`: clips of participants of resumed calls. Throws the file system's errors. */
  static open(clipsPath: string, log: Logger, kept: ReadonlySet<string> = new Set()): SpokenNames {
    const names = new SpokenNames(clipsPath, log);
    mkdirSync(names.#folder, { recursive: true, mode: 0o700 });
    for (const file of readdirSync(names.#folder)) {
      const clip = `${folderName}/${parse(file).name}`;
      if (!kept.has(clip)) rmSync(join(names.#folder, file), { recursive: true, force: true });
    }
    return names;
  }

  private constructor(clipsPath: string, log: Logger) {
    this.#clips = clipsPath;
    this.#log = log;
  }

  get #folder(): string {
    return join(this.#clips, folderName);
  }

  next(): NameClip {
    return this.#at(`${folderName}/${randomUUID()}`);
  }

  /** A clip of the previous process. */
  again(clip: string): NameClip {
    return this.#at(`${folderName}/${basename(clip)}`);
  }

  #at(clip: string): NameClip {
    return {
      clip,
      discard: () => {
        rm(join(this.#clips, `${clip}.wav`), { force: true }).catch((error) => {
          this.#log.warn({ code: errorCode(error) }, "a spoken name was not removed");
        });
      },
    };
  }

  /** Removes all clips. */
  close(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
