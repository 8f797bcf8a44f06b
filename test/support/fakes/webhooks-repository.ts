// Webhooks and deliveries kept in memory.
import type { Delivery, DeliveryQuery, Progress, Webhook, WebhooksRepository } from "#services/webhooks";

export class FakeWebhooksRepository implements WebhooksRepository {
  readonly webhooks = new Map<string, Webhook>();
  readonly kept = new Map<string, Delivery>();
  /** Called before progress is written: may throw. */
  before: () => void = () => {};

  async all(): Promise<readonly Webhook[]> {
    return [...this.webhooks.values()];
  }

  async insert(webhook: Webhook): Promise<void> {
    this.webhooks.set(webhook.id, webhook);
  }

  async update(webhook: Webhook): Promise<void> {
    const { position, skipped } = this.webhooks.get(webhook.id)!;
    this.webhooks.set(webhook.id, { ...webhook, position, skipped });
  }

  async delete(id: string): Promise<void> {
    this.webhooks.delete(id);
    for (const delivery of this.#of(id)) this.kept.delete(delivery.id);
  }

  async save({ positions, deliveries }: Progress): Promise<void> {
    this.before();
    for (const { id, ...place } of positions) {
      const webhook = this.webhooks.get(id);
      if (webhook) this.webhooks.set(id, { ...webhook, ...place });
    }
    for (const delivery of deliveries) this.kept.set(delivery.id, delivery);
  }

  async pending(webhook: string): Promise<readonly Delivery[]> {
    return this.#of(webhook).filter(({ state }) => state === "pending");
  }

  async giveUp(webhook: string): Promise<void> {
    for (const delivery of await this.pending(webhook)) {
      this.kept.set(delivery.id, { ...delivery, state: "failed", nextAttemptAt: null });
    }
  }

  async deliveries(webhook: string, { skip, top, state }: DeliveryQuery) {
    const all = this.#of(webhook).filter((delivery) => state === undefined || delivery.state === state);
    return { count: all.length, items: all.reverse().slice(skip, skip + top) };
  }

  async delivery(webhook: string, id: string): Promise<Delivery | undefined> {
    return this.#of(webhook).find((delivery) => delivery.id === id);
  }

  #of(webhook: string): Delivery[] {
    return [...this.kept.values()].filter((delivery) => delivery.webhook === webhook);
  }
}
