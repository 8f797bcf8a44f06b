// Keeps the log within its age and its number of events: once an hour, and at the start, a little at a time so that
// nothing waits for it.
import { type Clock, errorMessage, type Logger, type Timer } from "#common";
import type { EventLog } from "./log.ts";
import type { EventsRepository } from "./types.ts";

export interface RetentionOptions {
  readonly log: EventLog;
  readonly repository: Pick<EventsRepository, "lastBefore">;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly maxAgeMs: number;
  readonly maxEvents: number;
}

const everyMs = 3_600_000;
const breathMs = 50;
/** Forgotten at a time. */
const portion = 1000;
/** Looked at between the hours, too, when so many have come: a flood must not fill the disk. */
const countEvery = 1000;

export class EventRetention {
  readonly #options: RetentionOptions;
  readonly #unsubscribe: () => void;
  #timer: Timer | undefined;
  #checkedAt: number;
  #state: "waiting" | "working" | "closed" = "waiting";

  constructor(options: RetentionOptions) {
    this.#options = options;
    this.#checkedAt = options.log.newest;
    this.#unsubscribe = options.log.events.on("appended", ({ newest }) => {
      if (newest - this.#checkedAt >= countEvery) void this.#work();
    });
    void this.#work();
  }

  close(): void {
    this.#state = "closed";
    this.#timer?.cancel();
    this.#unsubscribe();
  }

  async #work(): Promise<void> {
    if (this.#state !== "waiting") return;
    this.#state = "working";
    this.#timer?.cancel();
    const { log, logger, clock } = this.#options;
    this.#checkedAt = log.newest;
    let behind = false;
    try {
      const until = await this.#until();
      await log.forget(Math.min(until, log.oldest + portion - 1));
      behind = log.oldest <= until && log.oldest < log.newest;
    } catch (error) {
      logger.warn({ why: errorMessage(error) }, "old events could not be deleted");
    }
    // Closed in the meantime?
    if (this.#state !== "working") return;
    this.#state = "waiting";
    this.#timer = clock.after(behind ? breathMs : everyMs, () => void this.#work());
  }

  /** The last one to be forgotten. */
  async #until(): Promise<number> {
    const { log, repository, clock, maxAgeMs, maxEvents } = this.#options;
    const instant = new Date(clock.now() - maxAgeMs).toISOString();
    return Math.max((await repository.lastBefore(instant)) ?? 0, log.newest - maxEvents);
  }
}
