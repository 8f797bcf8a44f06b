// What is answered with success is on disk: before the answer to a change leaves, the events of that change have been
// written. Room rows are written by the operation itself. A write that takes too long turns the success into 503.

import { type Clock, within } from "#common";
import type { EventLog } from "#services/events";
import type { Api } from "../instance.ts";
import type { IdempotencyStore } from "./idempotency.ts";
import { HttpRefusal } from "./problem.ts";

/** The part of the event log that this module uses. */
export type SettledEvents = Pick<EventLog, "settled">;

const maxWriteMs = 5000;

export function replyWhenDurable(api: Api, events: SettledEvents, clock: Clock): void {
  api.addHook("onSend", async ({ method }, reply, payload) => {
    const reads = method === "GET" || method === "HEAD" || method === "OPTIONS";
    if (!reads && reply.statusCode < 400) await storeEvents(events, clock);
    return payload;
  });
}

/** An answer that is kept for repetitions is a promise, too: it is kept after the events. */
export const storeWhenDurable = (
  answers: IdempotencyStore,
  events: SettledEvents,
  clock: Clock,
): IdempotencyStore => ({
  find: (key) => answers.find(key),
  async keep(key, answer, expired) {
    await storeEvents(events, clock);
    await answers.keep(key, answer, expired);
  },
});

async function storeEvents(events: SettledEvents, clock: Clock): Promise<void> {
  if (await within(events.settled(), { clock, limitMs: maxWriteMs })) return;
  throw new HttpRefusal(
    "UNAVAILABLE",
    "The change was made, but its events could not be written to the disk yet.",
  );
}
