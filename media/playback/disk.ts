// The disk, or the file server, below one folder: asked for one thing at a time, and waited for no longer than a limit. The
// process has four threads for files; one that does not come back is all that a folder can take of them.
import { type Clock, errorMessage, fail, ok, type Result, SerialQueue, within } from "#common";
import { type FileSource, systemFiles } from "./files.ts";

export interface DiskOptions {
  readonly clock: Clock;
  /** The system's by default. */
  readonly files?: FileSource;
}

/** The time limit of a job, during which the caller hears silence. Shorter than the time limit of a command. */
export const answerLimitMs = 3000;

export class Disk {
  readonly #clock: Clock;
  readonly #files: FileSource;
  readonly #queue = new SerialQueue();

  constructor({ clock, files = systemFiles }: DiskOptions) {
    this.#clock = clock;
    this.#files = files;
  }

  /**
   * What the job brings, or why it brings nothing: it failed, or was not done in time. One that has begun goes on all the
   * same; one that has not is left out. A job must not ask again and wait for that.
   */
  async ask<T>(job: (files: FileSource) => Promise<T>): Promise<Result<T, string>> {
    let wanted = true;
    const answer = this.#queue.run(async () => (wanted ? ok(await job(this.#files)) : late));
    try {
      return (await within(answer, { clock: this.#clock, limitMs: answerLimitMs })) ?? late;
    } catch (error) {
      return fail(errorMessage(error));
    } finally {
      wanted = false;
    }
  }

  /** Resolves when no job is running. */
  idle(): Promise<void> {
    return this.#queue.idle();
  }
}

const late = fail(`the disk did not answer within ${answerLimitMs} ms`);
