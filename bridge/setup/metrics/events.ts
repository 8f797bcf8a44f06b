// Metrics of the event log and the webhooks.
import type { Registry } from "prom-client";
import type { EventLog } from "#services/events";
import type { WebhookQueueSnapshot, Webhooks } from "#services/webhooks";
import { byKey, metersOf, single } from "./meters.ts";

export interface EventSources {
  readonly log: Pick<EventLog, "snapshot">;
  readonly webhooks: Pick<Webhooks, "snapshot">;
}

export function measureEvents(registry: Registry, { log, webhooks }: EventSources): Registry {
  const { gauge, counter } = metersOf(registry);
  gauge("parley_events_newest", "Number of the last event in the log.", [], () =>
    single(log.snapshot().newest),
  );
  gauge("parley_events_waiting", "Events that are not on disk yet.", [], () =>
    single(log.snapshot().waiting),
  );
  gauge("parley_webhooks_pending", "Deliveries that failed and are tried again.", [], () =>
    single(webhooks.snapshot().pending),
  );
  const ofQueues = (read: (queue: WebhookQueueSnapshot) => number) => () =>
    webhooks.snapshot().queues.map((queue) => [{ webhook: queue.webhook }, read(queue)] as const);
  gauge(
    "parley_webhook_behind_events",
    "Events of the log that a webhook has not come to yet.",
    ["webhook"],
    ofQueues(({ behind }) => behind),
  );
  gauge(
    "parley_webhook_failing_seconds",
    "For how long every request to a webhook's receiver has failed.",
    ["webhook"],
    ofQueues(({ failingSeconds }) => failingSeconds),
  );
  counter("parley_events_lost_total", "Events given up because the disk did not take them.", [], () =>
    single(log.snapshot().lost),
  );
  counter(
    "parley_webhook_attempts_total",
    "Requests to receivers of webhooks, by outcome.",
    ["outcome"],
    () => byKey("outcome", webhooks.snapshot().attempts),
  );
  return registry;
}
