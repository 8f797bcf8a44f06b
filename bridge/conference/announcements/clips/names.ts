// Places for the names that callers say. A recording of a voice is private: its file has a name
// that says nothing, it is readable by us alone, and nothing is left of it: not after the call, not when the bridge
// stops, and not when it starts after it was killed.
//
//   CLIPS/names/RANDOM.wav   is played as the clip   names/RANDOM
import { randomUUID } from "node:crypto";
import { mkdirSync, rmSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { errorCode, type Logger } from "#common";

export interface NameClip {
  /** What to record into, and to play. */
  readonly clip: string;
  /** Removes what is there; nothing there is no error. */
  discard(): void;
}

const folderName = "names";

export class SpokenNames {
  readonly #clips: string;
  readonly #log: Logger;

  /** Removes what was left behind. Throws what the file system throws. */
  static open(clipsPath: string, log: Logger): SpokenNames {
    const names = new SpokenNames(clipsPath, log);
    names.close();
    mkdirSync(names.#folder, { recursive: true, mode: 0o700 });
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
    const clip = `${folderName}/${randomUUID()}`;
    return {
      clip,
      discard: () => {
        rm(join(this.#clips, `${clip}.wav`), { force: true }).catch((error) => {
          this.#log.warn({ code: errorCode(error) }, "a spoken name was not removed");
        });
      },
    };
  }

  /** Removes all of them. */
  close(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
