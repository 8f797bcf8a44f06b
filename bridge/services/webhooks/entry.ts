// A webhook with its queue, and how it is shown: without its secrets.
import { fail } from "#common";
import type { WebhookQueue } from "./queue.ts";
import type { Webhook, WebhookProblem, WebhooksSnapshot, WebhookView } from "./types.ts";

export interface Entry {
  webhook: Webhook;
  readonly queue: WebhookQueue;
}

export function viewOf({ webhook, queue }: Entry): WebhookView {
  const { secrets: _secrets, ...shown } = webhook;
  return { ...shown, ...queue.place, pending: queue.pending };
}

export function snapshotOf(entries: readonly Entry[]): Omit<WebhooksSnapshot, "attempts"> {
  const pending = entries.reduce((sum, { queue }) => sum + queue.pending, 0);
  const queues = entries.filter(({ webhook }) => webhook.enabled).map(({ queue }) => queue.snapshot());
  return { webhooks: entries.length, pending, queues };
}

export const notFound = (id: string) =>
  fail<WebhookProblem>({ code: "WEBHOOK_NOT_FOUND", message: `there is no webhook ${id}` });
