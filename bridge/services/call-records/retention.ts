// Forgets records that are older than they may become: at the start and every hour, a few at a time, so that
// other queries do not wait.
import { type Clock, errorMessage, type Logger, type Timer } from "#common";
import type { CallRecordsRepository } from "./types.ts";

const everyMs = 60 * 60 * 1000;
const betweenMs = 100;
const atOnce = 200;
const dayMs = 24 * 60 * 60 * 1000;

export interface RetentionOptions {
  readonly repository: Pick<CallRecordsRepository, "forgetBefore">;
  readonly clock: Clock;
  readonly log: Logger;
  /** 0: for ever. */
  readonly keepDays: number;
}

export class CallRecordRetention {
  readonly #options: RetentionOptions;
  #timer: Timer | undefined;
  #closed = false;

  constructor(options: RetentionOptions) {
    this.#options = options;
    if (options.keepDays > 0) void this.#round();
  }

  close(): void {
    this.#closed = true;
    this.#timer?.cancel();
  }

  async #round(): Promise<void> {
    const { repository, clock, log, keepDays } = this.#options;
    let more = false;
    try {
      const before = new Date(clock.now() - keepDays * dayMs).toISOString();
      more = (await repository.forgetBefore(before, atOnce)) === atOnce;
    } catch (error) {
      log.warn({ why: errorMessage(error) }, "old call records could not be deleted");
    }
    if (this.#closed) return;
    this.#timer = clock.after(more ? betweenMs : everyMs, () => void this.#round());
  }
}
