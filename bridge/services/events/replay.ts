// One page of the log for a client that polls: the next matching events. Reads a bounded part of the log and returns the
// position where the next request continues.
import type { Matches } from "./filter.ts";
import { assertReadable, EventsGone } from "./follower.ts";
import type { EventLog } from "./log.ts";
import type { LogEvent } from "./types.ts";

export interface ReplayQuery {
  readonly after: number;
  readonly top: number;
  readonly matches: Matches;
}

export interface Replay {
  readonly events: readonly LogEvent[];
  /** Everything up to here was looked at. */
  readonly next: number;
}

const pageSize = 500;
const maxPages = 20;

/** Rejects with EventsGone. */
export async function replay(log: EventLog, { after, top, matches }: ReplayQuery): Promise<Replay> {
  assertReadable(log, after);
  const events: LogEvent[] = [];
  let next = after;
  for (let pages = 0; pages < maxPages && events.length < top && next < log.newest; pages += 1) {
    const page = await log.read(next, pageSize);
    if (page[0]?.seq !== next + 1) throw new EventsGone(next, log.oldest);
    for (const event of page) {
      if (events.length === top) break;
      if (matches(event)) events.push(event);
      next = event.seq;
    }
  }
  return { events, next };
}
