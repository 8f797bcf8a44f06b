// Webhooks: addresses that events are sent to, and what became of each sending. Instants are RFC 3339 in UTC.
import type { Result } from "#common";

/** `meet`: the events, the body and the signature of the meet API. */
export const webhookFormats = ["parley", "meet"] as const;
export type WebhookFormat = (typeof webhookFormats)[number];

export interface WebhookSecret {
  /** `whsec_` and base64. */
  readonly secret: string;
  /** Null for the one that stays. */
  readonly expiresAt: string | null;
}

export interface Webhook {
  readonly id: string;
  readonly url: string;
  readonly description: string;
  /** Types and families of events; empty: all. */
  readonly types: readonly string[];
  /** Only events of this room. */
  readonly room: string | null;
  readonly format: WebhookFormat;
  readonly enabled: boolean;
  /** Why it was disabled, if not by a client: its receiver answered 410. */
  readonly disabledReason: "gone" | null;
  /** The newest first; two while one is being replaced. */
  readonly secrets: readonly WebhookSecret[];
  readonly createdAt: string;
  readonly updatedAt: string;
  /** Everything up to this event has been sent once, or is not wanted. */
  readonly position: number;
  /** Events that the log had forgotten before they could be sent. */
  readonly skipped: number;
}

export interface WebhookFields {
  readonly url: string;
  readonly description?: string;
  readonly types?: readonly string[];
  readonly room?: string | null;
  readonly format?: WebhookFormat;
  readonly enabled?: boolean;
}

export const deliveryStates = ["pending", "delivered", "failed"] as const;
export type DeliveryState = (typeof deliveryStates)[number];

export interface Attempt {
  readonly at: string;
  /** Null when no answer came. */
  readonly status: number | null;
  /** A word for what went wrong; null when the answer was a success. */
  readonly error: string | null;
  readonly durationMs: number;
  /** The first bytes of the answer. */
  readonly response: string;
}

/** One event for one webhook. */
export interface Delivery {
  readonly id: string;
  readonly webhook: string;
  /** The event's id; the receiver gets it as `webhook-id`. */
  readonly event: string;
  /** Null for a test. */
  readonly seq: number | null;
  readonly type: string;
  readonly createdAt: string;
  readonly state: DeliveryState;
  /** Of a pending one. */
  readonly nextAttemptAt: string | null;
  /** How often it was tried. */
  readonly tries: number;
  /** The last of them. */
  readonly attempts: readonly Attempt[];
  /** The body that is sent. */
  readonly payload: string;
}

export interface WebhookProblem {
  readonly code:
    | "WEBHOOK_NOT_FOUND"
    | "DELIVERY_NOT_FOUND"
    | "TOO_MANY_WEBHOOKS"
    | "WEBHOOK_DISABLED"
    | "INVALID_FIELD";
  readonly message: string;
  readonly field?: keyof WebhookFields;
}

export interface WebhookView extends Omit<Webhook, "secrets"> {
  /** Deliveries that are tried again. */
  readonly pending: number;
}

export interface DeliveryQuery {
  readonly skip: number;
  readonly top: number;
  readonly state?: DeliveryState;
}

export interface DeliveryList {
  readonly count: number;
  /** The newest first. */
  readonly items: readonly Delivery[];
}

export type Outcome<Value> = Promise<Result<Value, WebhookProblem>>;

/** The operations on webhooks, for the API. */
export interface Webhooks {
  /** With the secret, which is not shown again. */
  create(fields: WebhookFields): Outcome<{ readonly webhook: WebhookView; readonly secret: string }>;
  list(): readonly WebhookView[];
  get(id: string): WebhookView | undefined;
  update(id: string, changes: Partial<WebhookFields>): Outcome<WebhookView>;
  destroy(id: string): Outcome<void>;
  /** A new secret; the one before is good for another day. */
  rotateSecret(id: string): Outcome<{ readonly secret: string; readonly previousExpiresAt: string }>;
  /** Sends a `webhook.test` now, also when the webhook is disabled. */
  test(id: string): Outcome<Attempt>;
  deliveries(id: string, query: DeliveryQuery): Outcome<DeliveryList>;
  delivery(id: string, delivery: string): Outcome<Delivery>;
  /** Sends it once more, now. */
  redeliver(id: string, delivery: string): Outcome<Attempt>;
  snapshot(): WebhooksSnapshot;
  /** Idempotent. What is on its way is given up and sent again after the next start. */
  close(): Promise<void>;
}

export interface WebhooksSnapshot {
  readonly webhooks: number;
  readonly pending: number;
  readonly attempts: { readonly succeeded: number; readonly failed: number };
  /** Of the webhooks that are enabled. */
  readonly queues: readonly WebhookQueueSnapshot[];
}

export interface WebhookQueueSnapshot {
  readonly webhook: string;
  /** Events of the log that it has not come to yet, wanted or not. */
  readonly behind: number;
  /** Seconds since the first failure after the last success; 0: the last try succeeded, or there was none. */
  readonly failingSeconds: number;
}

/** What has become of a webhook's events, to be kept together. */
export interface Progress {
  readonly positions: readonly Pick<Webhook, "id" | "position" | "skipped">[];
  readonly deliveries: readonly Delivery[];
}

export interface WebhooksRepository {
  all(): Promise<readonly Webhook[]>;
  insert(webhook: Webhook): Promise<void>;
  /** Everything but the position and what was skipped. */
  update(webhook: Webhook): Promise<void>;
  /** With its deliveries. */
  delete(id: string): Promise<void>;
  /** All or nothing; of the deliveries that are over, each webhook keeps the last so many. */
  save(progress: Progress): Promise<void>;
  pending(webhook: string): Promise<readonly Delivery[]>;
  /** Pending ones will not be tried again. */
  giveUp(webhook: string): Promise<void>;
  deliveries(webhook: string, query: DeliveryQuery): Promise<DeliveryList>;
  delivery(webhook: string, id: string): Promise<Delivery | undefined>;
}
