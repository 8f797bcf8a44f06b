// Checks the free disk space during recordings, and before one starts.
import { type Clock, errorMessage, type Logger, type Timer } from "#common";
import type { RecordingFiles } from "./files.ts";

export interface SpaceWatchOptions {
  readonly files: Pick<RecordingFiles, "freeBytes">;
  readonly clock: Clock;
  readonly log: Logger;
  readonly minFreeBytes: number;
}

const lookEveryMs = 10_000;

export class SpaceWatch {
  /** Called when there is too little space; `message` is for people. */
  onShort: (message: string) => void = () => {};
  readonly #options: SpaceWatchOptions;
  #timer: Timer | undefined;
  #closed = false;

  constructor(options: SpaceWatchOptions) {
    this.#options = options;
  }

  /** Why nothing should be written now; undefined: there is enough space. */
  async shortage(): Promise<string | undefined> {
    const { files, minFreeBytes, log } = this.#options;
    try {
      const free = await files.freeBytes();
      if (free >= minFreeBytes) return undefined;
      return `${free} bytes are free on the disk, ${minFreeBytes} must stay so`;
    } catch (error) {
      // If the disk cannot be queried, writing will report the error.
      log.warn({ reason: errorMessage(error) }, "the free disk space cannot be read");
      return undefined;
    }
  }

  watch(): void {
    if (this.#timer || this.#closed) return;
    this.#timer = this.#options.clock.after(lookEveryMs, () => void this.#look());
  }

  rest(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  close(): void {
    this.#closed = true;
    this.rest();
  }

  async #look(): Promise<void> {
    const timer = this.#timer;
    const short = await this.shortage();
    if (this.#timer !== timer) return;
    this.#timer = undefined;
    if (short !== undefined) this.onShort(short);
    this.watch();
  }
}
