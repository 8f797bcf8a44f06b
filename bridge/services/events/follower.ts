// A reader's place in the log: returns the next events that it wants, or waits for them. A slow reader misses nothing, unless the
// log has already removed events that it has not read.
import { ParleyError } from "#common";
import type { Matches } from "./filter.ts";
import type { EventLog } from "./log.ts";
import type { LogEvent } from "./types.ts";

/** The log no longer has, or never had, what is behind `after`. */
export class EventsGone extends ParleyError {
  readonly oldest: number;

  constructor(after: number, oldest: number) {
    super("EVENTS_GONE", `The log has no events behind ${after}; the oldest is ${oldest}.`);
    this.name = "EventsGone";
    this.oldest = oldest;
  }
}

/** Throws EventsGone unless everything behind `after` can be read. */
export function assertReadable(log: Pick<EventLog, "oldest" | "last">, after: number): void {
  if (after < log.oldest - 1 || after > log.last) throw new EventsGone(after, log.oldest);
}

/** Looked through at a time; between two of these other work has its turn. */
const pageSize = 200;

export class Follower {
  readonly #log: EventLog;
  readonly #matches: Matches;
  /** Ends the wait for the next event; undefined while there is none. */
  #wake: (() => void) | undefined;
  #position: number;
  #state: "open" | "closed" = "open";

  constructor(log: EventLog, after: number, matches: Matches) {
    this.#log = log;
    this.#position = after;
    this.#matches = matches;
  }

  /** Everything up to here has been handed out or was not wanted. */
  get position(): number {
    return this.#position;
  }

  /** Those behind the position that are wanted, at least one; none once closed. Rejects with EventsGone. */
  async next(): Promise<readonly LogEvent[]> {
    while (this.#state === "open") {
      if (this.#position >= this.#log.newest) {
        await this.#news();
        continue;
      }
      const wanted = await this.#page();
      if (wanted.length > 0) return wanted;
    }
    return [];
  }

  close(): void {
    this.#state = "closed";
    this.#wake?.();
  }

  async #page(): Promise<readonly LogEvent[]> {
    const events = await this.#log.read(this.#position, pageSize);
    if (events[0]?.seq !== this.#position + 1) throw new EventsGone(this.#position, this.#log.oldest);
    this.#position = events.at(-1)!.seq;
    return events.filter(this.#matches);
  }

  /** A promise of its own each time: a race with one that lasts as long as the reader would keep each of these until then. */
  async #news(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#wake = resolve;
    const off = this.#log.events.on("appended", () => resolve());
    await promise;
    this.#wake = undefined;
    off();
  }
}
