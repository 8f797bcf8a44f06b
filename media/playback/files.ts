// How playback reads files: never in the thread that mixes, which only waits for promises. An interface, so that tests
// have a disk that answers late, or never.
import { type FileHandle, open, readdir, stat } from "node:fs/promises";

export interface AudioFile {
  readonly size: number;
  /** Shorter than asked for when the file ends early. Its memory is its own, so samples may be seen in it. */
  read(position: number, bytes: number): Promise<Buffer>;
  /** Waits for a read under way. Never rejects. */
  close(): Promise<void>;
}

export interface FileSource {
  /** The names in a folder, in order; none where there is no such folder. */
  list(folder: string): Promise<readonly string[]>;
  isFile(path: string): Promise<boolean>;
  isFolder(path: string): Promise<boolean>;
  /** Rejects with the system's error. */
  open(path: string): Promise<AudioFile>;
}

export const systemFiles: FileSource = {
  list: (folder) =>
    readdir(folder).then(
      (names) => names.sort(),
      () => [],
    ),
  isFile: (path) =>
    stat(path).then(
      (found) => found.isFile(),
      () => false,
    ),
  isFolder: (path) =>
    stat(path).then(
      (found) => found.isDirectory(),
      () => false,
    ),
  async open(path) {
    const handle = await open(path, "r");
    try {
      return new OpenFile(handle, (await handle.stat()).size);
    } catch (error) {
      await handle.close();
      throw error;
    }
  },
};

class OpenFile implements AudioFile {
  readonly #handle: FileHandle;
  readonly size: number;

  constructor(handle: FileHandle, size: number) {
    this.#handle = handle;
    this.size = size;
  }

  async read(position: number, bytes: number): Promise<Buffer> {
    const part = Buffer.alloc(Math.max(0, bytes));
    for (let done = 0; done < bytes; ) {
      const { bytesRead } = await this.#handle.read(part, done, bytes - done, position + done);
      if (bytesRead === 0) return part.subarray(0, done);
      done += bytesRead;
    }
    return part;
  }

  close(): Promise<void> {
    return this.#handle.close().catch(() => {});
  }
}
