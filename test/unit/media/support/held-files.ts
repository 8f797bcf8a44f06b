// A disk in memory that answers when it is told to, or never.
import type { AudioFile, FileSource } from "../../../../media/playback/files.ts";

interface Question {
  readonly text: string;
  answer(): void;
}

export class HeldFiles implements FileSource {
  /** By path. */
  readonly files = new Map<string, Buffer>();
  /** What was asked and is not answered, in order: `isFile /sounds/beep.wav`. */
  readonly questions: Question[] = [];
  /** While it hangs, questions wait. */
  hangs = false;

  list = (folder: string): Promise<readonly string[]> =>
    this.#ask(`list ${folder}`, () => [
      ...new Set(
        [...this.files.keys()]
          .filter((path) => path.startsWith(`${folder}/`))
          .map((path) => path.slice(folder.length + 1).split("/")[0]!),
      ),
    ]);
  isFile = (path: string): Promise<boolean> => this.#ask(`isFile ${path}`, () => this.files.has(path));
  isFolder = (path: string): Promise<boolean> =>
    this.#ask(`isFolder ${path}`, () => [...this.files.keys()].some((file) => file.startsWith(`${path}/`)));

  open = (path: string): Promise<AudioFile> =>
    this.#ask(`open ${path}`, () => {
      const bytes = this.files.get(path);
      if (!bytes) throw new Error("there is no such file");
      return {
        size: bytes.length,
        read: (position: number, count: number) =>
          this.#ask(`read ${path}`, () =>
            Buffer.from(new Uint8Array(bytes.subarray(position, position + count))),
          ),
        close: async () => {},
      };
    });

  /** The disk is back: what waits is answered. */
  answerAll(): void {
    this.hangs = false;
    for (const { answer } of this.questions.splice(0)) answer();
  }

  #ask<T>(text: string, look: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      const answer = (): void => {
        try {
          resolve(look());
        } catch (error) {
          reject(error);
        }
      };
      if (this.hangs) this.questions.push({ text, answer });
      else answer();
    });
  }
}
