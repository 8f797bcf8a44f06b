// The webhooks: made, changed, destroyed one after the other, each with a queue of its own. Their records are in memory
// as they are on disk; secrets are in the records and in no answer.
import { randomUUID } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { type Clock, fail, type Logger, ok, SerialQueue } from "#common";
import type { EventLog } from "#services/events";
import { checkFields } from "./check.ts";
import { newDelivery, testOf } from "./delivery.ts";
import { type Entry, notFound, snapshotOf, viewOf } from "./entry.ts";
import type { MeetData } from "./meet-format.ts";
import { ProgressSaver } from "./progress-saver.ts";
import { WebhookQueue } from "./queue.ts";
import type { Send } from "./send.ts";
import { newSecret } from "./signature.ts";
import type {
  Attempt,
  Delivery,
  DeliveryList,
  DeliveryQuery,
  Outcome,
  Webhook,
  WebhookFields,
  WebhookProblem,
  Webhooks,
  WebhooksRepository,
  WebhooksSnapshot,
  WebhookView,
} from "./types.ts";

export interface WebhooksOptions {
  readonly repository: WebhooksRepository;
  readonly log: EventLog;
  readonly send: Send;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly userAgent: string;
  readonly allowPrivate: boolean;
  /** What is told to receivers of the meet API; without it, nothing. */
  readonly meetData?: MeetData;
  /** 0 … 1; Math.random by default. */
  readonly random?: () => number;
}

export const maxWebhooks = 100;
/** How long a secret is good after it was replaced. */
const rotationMs = 86_400_000;

/** Begins to send. */
export async function openWebhooks(options: WebhooksOptions): Promise<Webhooks> {
  const { repository } = options;
  const webhooks = new WebhooksDomain(options);
  for (const webhook of await repository.all()) {
    webhooks.take(webhook, await repository.pending(webhook.id));
  }
  return webhooks;
}

class WebhooksDomain implements Webhooks {
  readonly #options: WebhooksOptions;
  readonly #entries = new Map<string, Entry>();
  readonly #changes = new SerialQueue(100);
  readonly #saver: ProgressSaver;
  readonly #attempts = { succeeded: 0, failed: 0 };
  #closing: Promise<void> | undefined;

  constructor(options: WebhooksOptions) {
    this.#options = options;
    this.#saver = new ProgressSaver(options.repository, options.clock, options.logger);
  }

  take(webhook: Webhook, pending: readonly Delivery[]): void {
    const { log, send, clock, logger, userAgent, random = Math.random } = this.#options;
    const { meetData = async () => undefined } = this.#options;
    const queue = new WebhookQueue(webhook, pending, {
      ...{ log, send, clock, logger, userAgent, random, meetData },
      saver: this.#saver,
      onGone: (id) => {
        // The next answer of 410 tries again.
        this.#changes
          .run(() => this.#gone(id))
          .catch((err) => {
            logger.error({ webhook: id, err }, "a webhook was not disabled");
          });
      },
      onAttempt: (succeeded) => {
        this.#attempts[succeeded ? "succeeded" : "failed"] += 1;
      },
    });
    this.#entries.set(webhook.id, { webhook, queue });
    if (webhook.enabled) queue.start();
  }

  create(fields: WebhookFields): Outcome<{ readonly webhook: WebhookView; readonly secret: string }> {
    return this.#changes.run(async () => {
      const checked = checkFields(fields, this.#options.allowPrivate);
      if (!checked.ok) return checked;
      if (this.#entries.size >= maxWebhooks) {
        return fail<WebhookProblem>({
          code: "TOO_MANY_WEBHOOKS",
          message: `there are ${maxWebhooks} webhooks already`,
        });
      }
      const {
        url,
        description = "",
        types = [],
        room = null,
        format = "parley",
        enabled = true,
      } = checked.value;
      const now = this.#instant();
      const secret = newSecret();
      const webhook: Webhook = {
        ...{ id: randomUUID(), url, description, types, room, format, enabled },
        disabledReason: null,
        secrets: [{ secret, expiresAt: null }],
        createdAt: now,
        updatedAt: now,
        position: this.#options.log.last,
        skipped: 0,
      };
      await this.#options.repository.insert(webhook);
      this.take(webhook, []);
      return ok({ webhook: this.get(webhook.id)!, secret });
    });
  }

  list(): readonly WebhookView[] {
    return [...this.#entries.values()].map(viewOf);
  }

  get(id: string): WebhookView | undefined {
    const entry = this.#entries.get(id);
    return entry && viewOf(entry);
  }

  update(id: string, changes: Partial<WebhookFields>): Outcome<WebhookView> {
    return this.#changes.run(async () => {
      const entry = this.#entries.get(id);
      if (!entry) return notFound(id);
      const checked = checkFields(changes, this.#options.allowPrivate);
      if (!checked.ok) return checked;
      const before = entry.webhook;
      const wanted = { ...before, ...checked.value };
      if (isDeepStrictEqual(wanted, before)) return ok(this.get(id)!);
      const webhook = { ...wanted, updatedAt: this.#instant() };
      if (webhook.enabled && !before.enabled) await this.#enable({ ...webhook, disabledReason: null });
      else if (!webhook.enabled && before.enabled) await this.#disable(webhook);
      else await this.#keep(webhook);
      return ok(this.get(id)!);
    });
  }

  destroy(id: string): Outcome<void> {
    return this.#changes.run(async () => {
      const entry = this.#entries.get(id);
      if (!entry) return notFound(id);
      this.#entries.delete(id);
      await entry.queue.close();
      this.#saver.forget(id);
      await this.#saver.flush();
      await this.#options.repository.delete(id);
      return ok(undefined);
    });
  }

  rotateSecret(id: string): Outcome<{ readonly secret: string; readonly previousExpiresAt: string }> {
    return this.#changes.run(async () => {
      const entry = this.#entries.get(id);
      if (!entry) return notFound(id);
      const secret = newSecret();
      const previousExpiresAt = this.#instant(rotationMs);
      const [current] = entry.webhook.secrets;
      const old = current ? [{ ...current, expiresAt: previousExpiresAt }] : [];
      const secrets = [{ secret, expiresAt: null }, ...old];
      await this.#keep({ ...entry.webhook, secrets, updatedAt: this.#instant() });
      return ok({ secret, previousExpiresAt });
    });
  }

  async test(id: string): Outcome<Attempt> {
    const entry = this.#entries.get(id);
    if (!entry) return notFound(id);
    const now = this.#options.clock.now();
    const event = testOf(id, now);
    const payload = await entry.queue.payloadOf(event);
    return ok(await entry.queue.sendNow(newDelivery(id, event, now, payload)));
  }

  async deliveries(id: string, query: DeliveryQuery): Outcome<DeliveryList> {
    if (!this.#entries.has(id)) return notFound(id);
    await this.#saver.flush();
    return ok(await this.#options.repository.deliveries(id, query));
  }

  async delivery(id: string, delivery: string): Outcome<Delivery> {
    if (!this.#entries.has(id)) return notFound(id);
    const found = this.#saver.unsaved(delivery) ?? (await this.#options.repository.delivery(id, delivery));
    if (found?.webhook === id) return ok(found);
    return fail({ code: "DELIVERY_NOT_FOUND", message: `the webhook has no delivery ${delivery}` });
  }

  async redeliver(id: string, delivery: string): Outcome<Attempt> {
    const found = await this.delivery(id, delivery);
    if (!found.ok) return found;
    const entry = this.#entries.get(id);
    if (!entry) return notFound(id);
    if (!entry.webhook.enabled) {
      return fail({ code: "WEBHOOK_DISABLED", message: "nothing is sent for a disabled webhook" });
    }
    return ok(await entry.queue.sendNow(found.value));
  }

  snapshot(): WebhooksSnapshot {
    return { ...snapshotOf([...this.#entries.values()]), attempts: { ...this.#attempts } };
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await Promise.all([...this.#entries.values()].map(({ queue }) => queue.close()));
    await this.#changes.idle();
    await this.#saver.flush();
  }

  /** 410: the receiver is gone for good. */
  async #gone(id: string): Promise<void> {
    const entry = this.#entries.get(id);
    if (!entry?.webhook.enabled) return;
    this.#options.logger.warn({ webhook: id }, "the receiver answered 410: the webhook is disabled");
    await this.#disable({
      ...entry.webhook,
      enabled: false,
      disabledReason: "gone",
      updatedAt: this.#instant(),
    });
  }

  async #disable(webhook: Webhook): Promise<void> {
    const { queue } = this.#entries.get(webhook.id)!;
    await queue.close();
    await this.#saver.flush();
    await this.#options.repository.update(webhook);
    await this.#options.repository.giveUp(webhook.id);
    this.take({ ...webhook, ...queue.place }, []);
  }

  /** It begins with what happens from now on. */
  async #enable(webhook: Webhook): Promise<void> {
    await this.#entries.get(webhook.id)!.queue.close();
    await this.#options.repository.update(webhook);
    const { skipped } = this.#entries.get(webhook.id)!.queue.place;
    const place = { id: webhook.id, position: this.#options.log.last, skipped };
    this.#saver.note(place);
    this.take({ ...webhook, ...place }, []);
  }

  async #keep(webhook: Webhook): Promise<void> {
    const entry = this.#entries.get(webhook.id)!;
    await this.#options.repository.update(webhook);
    entry.webhook = webhook;
    entry.queue.follow(webhook);
  }

  #instant(inMs = 0): string {
    return new Date(this.#options.clock.now() + inMs).toISOString();
  }
}
