// What the event log and the webhooks count, for Prometheus. Read when it is scraped.
import { Counter, Gauge, type Registry } from "prom-client";
import type { EventLog } from "#bridge/events";
import type { WebhookQueueSnapshot, Webhooks } from "#bridge/webhooks";

export interface EventMetricsSources {
  readonly log: Pick<EventLog, "snapshot">;
  readonly webhooks: Pick<Webhooks, "snapshot">;
}

export function measureEvents(registry: Registry, { log, webhooks }: EventMetricsSources): Registry {
  const registers = [registry];
  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      ...{ name, help, registers },
      collect() {
        this.set(read());
      },
    });
  gauge("parley_events_newest", "Number of the last event in the log.", () => log.snapshot().newest);
  gauge("parley_events_waiting", "Events that are not on disk yet.", () => log.snapshot().waiting);
  gauge(
    "parley_webhooks_pending",
    "Deliveries that failed and are tried again.",
    () => webhooks.snapshot().pending,
  );
  const ofQueues = (name: string, help: string, read: (queue: WebhookQueueSnapshot) => number) =>
    new Gauge({
      ...{ name, help, labelNames: ["webhook"], registers },
      collect() {
        this.reset();
        for (const queue of webhooks.snapshot().queues) this.set({ webhook: queue.webhook }, read(queue));
      },
    });
  ofQueues(
    "parley_webhook_behind_events",
    "Events of the log that a webhook has not come to yet.",
    ({ behind }) => behind,
  );
  ofQueues(
    "parley_webhook_failing_seconds",
    "For how long every request to a webhook's receiver has failed.",
    ({ failingSeconds }) => failingSeconds,
  );
  new Counter({
    name: "parley_events_lost_total",
    help: "Events given up because the disk did not take them.",
    registers,
    collect() {
      this.reset();
      this.inc(log.snapshot().lost);
    },
  });
  new Counter({
    name: "parley_webhook_attempts_total",
    help: "Requests to receivers of webhooks, by outcome.",
    labelNames: ["outcome"],
    registers,
    collect() {
      this.reset();
      for (const [outcome, count] of Object.entries(webhooks.snapshot().attempts))
        this.inc({ outcome }, count);
    },
  });
  return registry;
}
