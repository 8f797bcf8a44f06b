// The event log: all events in one order, on disk before they can be read. Appending never waits: events that come during a
// write go into the next one, a few milliseconds later. The last events are also kept in memory, for readers that follow
// closely. When writing fails, it is tried again while a limited number of events wait; events beyond that are lost, counted
// and never numbered, so that readers see no gap.
//
//   append → waiting ──one transaction──▶ disk → tail → "appended" → readers
import { randomUUID } from "node:crypto";
import { type Clock, Emitter, errorMessage, type Logger, type Timer } from "#common";
import type { EventsRepository, LogEvent, NewEvent } from "./types.ts";

export type EventLogEvents = {
  /** Everything up to `newest` can be read. */
  appended: { readonly newest: number };
};

export interface EventLogOptions {
  readonly repository: EventsRepository;
  readonly clock: Clock;
  readonly log: Logger;
}

export interface EventLog {
  readonly events: Emitter<EventLogEvents>;
  /** The last event that can be read; 0 when there was none yet. */
  readonly newest: number;
  /** The last one that has happened, perhaps not on disk yet. */
  readonly last: number;
  /** The first one that can be read, or the number of the first one to come. */
  readonly oldest: number;
  append(event: NewEvent): void;
  /** Those behind `after`, in order; none when there is nothing newer. */
  read(after: number, limit: number): Promise<readonly LogEvent[]>;
  /** Resolves when everything that has happened so far is on disk; false when the log is closed before that. */
  settled(): Promise<boolean>;
  /** Forgets the oldest up to `seq`, but never the newest: its number must not be given again. */
  forget(seq: number): Promise<void>;
  snapshot(): EventLogSnapshot;
  /** Writes the events that wait; takes no more afterwards. Idempotent. */
  close(): Promise<void>;
}

export interface EventLogSnapshot {
  readonly newest: number;
  readonly oldest: number;
  readonly waiting: number;
  /** Lost because the disk did not take them. */
  readonly lost: number;
}

const maxWaiting = 10_000;
const batchSize = 500;
const tailSize = 2000;
/**
 * `gather`: between the end of a write and the next, so that what a write costs is spread over what happens in the meantime;
 * cut short by callers of `settled`. `retry`: after a write that the disk has refused.
 */
const pauseMs = { gather: 20, retry: 1000 } as const;

export async function openEventLog(options: EventLogOptions): Promise<EventLog> {
  const bounds = await options.repository.bounds();
  return new DurableLog(options, bounds?.oldest ?? 1, bounds?.newest ?? 0);
}

class DurableLog implements EventLog {
  readonly events = new Emitter<EventLogEvents>();
  readonly #options: EventLogOptions;
  readonly #waiting: LogEvent[] = [];
  /** The newest, without gaps, the last one being `newest`. */
  #tail: LogEvent[] = [];
  #oldest: number;
  #newest: number;
  #lost = 0;
  /** Callers of `settled` wait for everything up to here. */
  #awaited = 0;
  #writing: Promise<void> | undefined;
  #rest: { readonly kind: "gather" | "retry"; readonly timer: Timer; readonly end: () => void } | undefined;
  #state: "open" | "closing" | "closed" = "open";

  constructor(options: EventLogOptions, oldest: number, newest: number) {
    this.#options = options;
    this.#oldest = oldest;
    this.#newest = newest;
  }

  get newest(): number {
    return this.#newest;
  }

  get last(): number {
    return this.#newest + this.#waiting.length;
  }

  get oldest(): number {
    return this.#oldest;
  }

  append({ type, room, meeting, participant, data }: NewEvent): void {
    if (this.#state !== "open") return;
    if (this.#waiting.length >= maxWaiting) {
      this.#lost += 1;
      return;
    }
    this.#waiting.push({
      seq: this.last + 1,
      id: randomUUID(),
      time: new Date(this.#options.clock.now()).toISOString(),
      type,
      room: room ?? null,
      meeting: meeting ?? null,
      participant: participant ?? null,
      data,
    });
    this.#writing ??= this.#write();
  }

  async read(after: number, limit: number): Promise<readonly LogEvent[]> {
    if (after >= this.#newest) return [];
    const first = this.#newest - this.#tail.length + 1;
    if (after + 1 < first) return this.#options.repository.read(after, limit);
    const from = after + 1 - first;
    return this.#tail.slice(from, from + limit);
  }

  async settled(): Promise<boolean> {
    const { last } = this;
    this.#awaited = Math.max(this.#awaited, last);
    // A caller that waits is worth a write of its own. After a refused write the retry keeps its time.
    if (this.#rest?.kind === "gather") this.#rest.end();
    while (this.#newest < last && this.#writing) {
      await new Promise<void>((resolve) => this.events.once("appended", () => resolve()));
    }
    return this.#newest >= last;
  }

  async forget(seq: number): Promise<void> {
    const until = Math.min(seq, this.#newest - 1);
    if (until < this.#oldest) return;
    this.#oldest = until + 1;
    await this.#options.repository.forget(until);
  }

  snapshot(): EventLogSnapshot {
    return {
      newest: this.#newest,
      oldest: this.#oldest,
      waiting: this.#waiting.length,
      lost: this.#lost,
    };
  }

  async close(): Promise<void> {
    if (this.#state === "open") this.#state = "closing";
    this.#rest?.end();
    await this.#writing;
    this.#state = "closed";
    this.events.emit("appended", { newest: this.#newest });
    this.events.clear();
  }

  async #write(): Promise<void> {
    // Everything that happens in the same breath is written together.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const written = await this.#writeBatch(this.#waiting.slice(0, batchSize));
      if (!written && this.#state !== "open") break;
      if (this.#state !== "open" || (written && this.#awaited > this.#newest)) continue;
      await this.#pause(written ? "gather" : "retry");
    }
    this.#writing = undefined;
  }

  async #writeBatch(batch: readonly LogEvent[]): Promise<boolean> {
    try {
      await this.#options.repository.insert(batch);
    } catch (error) {
      const { waiting, lost } = this.snapshot();
      this.#options.log.error({ why: errorMessage(error), waiting, lost }, "events were not written");
      return false;
    }
    this.#waiting.splice(0, batch.length);
    this.#newest = batch.at(-1)!.seq;
    this.#tail.push(...batch);
    if (this.#tail.length > 2 * tailSize) this.#tail = this.#tail.slice(-tailSize);
    this.events.emit("appended", { newest: this.#newest });
    return true;
  }

  #pause(kind: "gather" | "retry"): Promise<void> {
    return new Promise((resolve) => {
      const end = () => {
        this.#rest?.timer.cancel();
        this.#rest = undefined;
        resolve();
      };
      this.#rest = { kind, timer: this.#options.clock.after(pauseMs[kind], end), end };
    });
  }
}
