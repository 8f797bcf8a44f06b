// The life of a delivery: begun with an event, changed by each try, over in the end. Pure.
import { randomUUID } from "node:crypto";
import type { LogEvent } from "#services/events";
import type { Attempt, Delivery, DeliveryState } from "./types.ts";

const keptAttempts = 20;

/** What can be sent: an event of the log, or a test, which has no number. */
export interface Sendable extends Omit<LogEvent, "seq" | "type"> {
  readonly seq: number | null;
  readonly type: string;
}

/** `payload`: what is sent; the event itself unless given. */
export function newDelivery(
  webhook: string,
  event: Sendable,
  now: number,
  payload = JSON.stringify(event),
): Delivery {
  return {
    id: randomUUID(),
    webhook,
    event: event.id,
    seq: event.seq,
    type: event.type,
    createdAt: new Date(now).toISOString(),
    state: "pending",
    nextAttemptAt: null,
    tries: 0,
    attempts: [],
    payload,
  };
}

export function testOf(webhook: string, now: number) {
  const time = new Date(now).toISOString();
  const about = { room: null, meeting: null, participant: null };
  const type = "webhook.test" as const;
  return { seq: null, id: randomUUID(), time, type, ...about, data: { webhook } } satisfies Sendable;
}

/** Whether it may be tried again: neither a test nor what was over before it was sent once more. */
export const isRetried = ({ state, seq }: Delivery, { status }: Attempt): boolean =>
  state === "pending" && seq !== null && status !== 410;

/** After a try; `nextAttemptAt` when there will be another. */
export function afterTry(delivery: Delivery, attempt: Attempt, nextAttemptAt: string | null): Delivery {
  const attempts = [...delivery.attempts, attempt].slice(-keptAttempts);
  return { ...delivery, tries: delivery.tries + 1, attempts, nextAttemptAt, state: stateAfter() };

  function stateAfter(): DeliveryState {
    if (nextAttemptAt !== null) return "pending";
    return attempt.error === null || delivery.state === "delivered" ? "delivered" : "failed";
  }
}
