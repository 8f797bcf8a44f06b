import { Registry } from "prom-client";
import { expect, it } from "vitest";
import { measureEvents } from "../../../../../bridge/setup/metrics/events.ts";

it("shows how far the log is and how webhooks fare, as it is when it is asked for", async () => {
  const log = { newest: 7, oldest: 1, waiting: 2, lost: 1 };
  const attempts = { succeeded: 5, failed: 3 };
  const queues = [{ webhook: "7", behind: 12, failingSeconds: 90 }];
  const registry = measureEvents(new Registry(), {
    log: { snapshot: () => log },
    webhooks: { snapshot: () => ({ webhooks: 1, pending: 4, attempts, queues }) },
  });
  await registry.metrics();
  log.newest = 9;
  queues[0] = { webhook: "8", behind: 13, failingSeconds: 0 };
  const text = await registry.metrics();
  for (const line of [
    "parley_events_newest 9",
    "parley_events_waiting 2",
    "parley_events_lost_total 1",
    "parley_webhooks_pending 4",
    'parley_webhook_behind_events{webhook="8"} 13',
    'parley_webhook_failing_seconds{webhook="8"} 0',
    'parley_webhook_attempts_total{outcome="succeeded"} 5',
    'parley_webhook_attempts_total{outcome="failed"} 3',
  ]) {
    expect(text).toContain(`${line}\n`);
  }
  expect(text).not.toContain('webhook="7"');
});
