// Webhooks, in the words of the configuration.

import type { Clock, Logger } from "#common";
import type { Config } from "#config";
import type { EventLog } from "#services/events";
import type { Store } from "#services/store";
import { createSend, type MeetData, openWebhooks } from "#services/webhooks";

export interface WebhookParts {
  readonly config: Config;
  readonly store: Store;
  readonly eventLog: { readonly log: EventLog };
  readonly userAgent: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** What receivers of the meet API are told. */
  readonly meetData: MeetData;
}

export function startWebhooks({ config, store, eventLog, userAgent, clock, log, meetData }: WebhookParts) {
  const { timeout_seconds: seconds, allow_private_networks: allowPrivate } = config.webhooks;
  return openWebhooks({
    repository: store.webhooks,
    log: eventLog.log,
    send: createSend({ clock, timeoutMs: seconds * 1000, allowPrivate }),
    clock,
    logger: log,
    userAgent,
    allowPrivate,
    meetData,
  });
}
