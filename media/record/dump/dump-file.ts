// The file of a dump: new, readable by us alone. What is added lies in one of two buffers; ten times a second they are
// exchanged and the full one is written, so that the media path never waits for the disk. Bounded: what comes while the
// buffer is full is left out and counted, and a file that has reached its bound takes nothing more.
import { type FileHandle, open } from "node:fs/promises";
import type { Clock, Timer } from "#common";

const mode = 0o600;
const bufferBytes = 256 * 1024;
const writeEveryMs = 100;
/** A minute of two channels at 48 kHz has 11 MiB. */
const maxDumpBytes = 64 * 1024 * 1024;

export interface DumpFileOptions {
  readonly path: string;
  readonly clock: Clock;
  /** What stands before everything else. */
  readonly header: Uint8Array;
  /** Nothing more can be kept: it is full, or it cannot be written. */
  readonly onOver: () => void;
  readonly maxBytes?: number;
}

/** Rejects with what the system says, EEXIST for one. */
export async function createDumpFile(options: DumpFileOptions): Promise<DumpFile> {
  return new DumpFile(await open(options.path, "wx", mode), options);
}

export class DumpFile {
  /** What was left out because the buffer was full. */
  missing = 0;
  /** What the system said when the file could not be written. */
  failure: unknown;
  /** Bytes that were added, header included. */
  bytes = 0;
  readonly #file: FileHandle;
  readonly #options: DumpFileOptions;
  readonly #maxBytes: number;
  #filling = new Uint8Array(bufferBytes);
  #emptied = new Uint8Array(bufferBytes);
  #filled = 0;
  #timer: Timer | undefined;
  #writing: Promise<void> = Promise.resolve();
  #busy = false;
  #state: "open" | "over" = "open";

  constructor(file: FileHandle, options: DumpFileOptions) {
    this.#file = file;
    this.#options = options;
    this.#maxBytes = options.maxBytes ?? maxDumpBytes;
    this.add(options.header, none);
    this.#arm();
  }

  /** Adds both, one behind the other, or neither. */
  add(head: Uint8Array, body: Uint8Array): void {
    const length = head.length + body.length;
    if (this.#state === "over") return;
    if (this.bytes + length > this.#maxBytes) {
      this.#finish();
      return;
    }
    if (this.#filled + length > bufferBytes) {
      this.missing += 1;
      return;
    }
    this.#filling.set(head, this.#filled);
    this.#filling.set(body, this.#filled + head.length);
    this.#filled += length;
    this.bytes += length;
  }

  /** Writes what is left, then `header` over the one at the beginning, and closes the file. Never rejects. */
  async end(header?: Uint8Array): Promise<void> {
    this.#state = "over";
    this.#timer?.cancel();
    await this.#writing;
    await this.#write();
    if (header && this.failure === undefined) await this.#put(header, header.length, 0);
    await this.#file.close().catch((error) => this.#fail(error));
  }

  #arm(): void {
    this.#timer = this.#options.clock.after(writeEveryMs, () => {
      if (!this.#busy) this.#writing = this.#write();
      if (this.#state === "open") this.#arm();
    });
  }

  async #write(): Promise<void> {
    const full = this.#filling;
    const length = this.#filled;
    if (length === 0 || this.failure !== undefined) return;
    this.#filling = this.#emptied;
    this.#emptied = full;
    this.#filled = 0;
    this.#busy = true;
    await this.#put(full, length, null);
    this.#busy = false;
  }

  async #put(bytes: Uint8Array, length: number, position: number | null): Promise<void> {
    try {
      for (let done = 0; done < length; ) {
        const at = position === null ? null : position + done;
        const { bytesWritten } = await this.#file.write(bytes, done, length - done, at);
        done += bytesWritten;
      }
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    this.failure ??= error;
    this.#finish();
  }

  #finish(): void {
    if (this.#state === "over") return;
    this.#state = "over";
    this.#timer?.cancel();
    this.#options.onOver();
  }
}

const none = new Uint8Array(0);
