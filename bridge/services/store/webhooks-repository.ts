// Webhooks and their deliveries in the database.
import type { Delivery, DeliveryState, Webhook, WebhookFormat, WebhooksRepository } from "#services/webhooks";
import type { Database, WebhookDeliveryRow, WebhookRow } from "./schema.ts";

/** Deliveries that are over, of each webhook. */
const defaultKept = 1000;

export function createWebhooksRepository(database: Database, kept = defaultKept): WebhooksRepository {
  const deliveriesOf = (webhook: string) =>
    database.selectFrom("webhook_deliveries").where("webhook", "=", webhook);

  return {
    async all() {
      const rows = await database
        .selectFrom("webhooks")
        .selectAll()
        .orderBy("created_at")
        .orderBy("id")
        .execute();
      return rows.map(toWebhook);
    },

    async insert(webhook) {
      await database.insertInto("webhooks").values(toRow(webhook)).execute();
    },

    async update(webhook) {
      const { id, position: _position, skipped: _skipped, created_at: _at, ...changes } = toRow(webhook);
      await database.updateTable("webhooks").set(changes).where("id", "=", id).execute();
    },

    async delete(id) {
      await database.transaction().execute(async (transaction) => {
        await transaction.deleteFrom("webhook_deliveries").where("webhook", "=", id).execute();
        await transaction.deleteFrom("webhooks").where("id", "=", id).execute();
      });
    },

    async save({ positions, deliveries }) {
      await database.transaction().execute(async (transaction) => {
        for (const { id, position, skipped } of positions) {
          await transaction.updateTable("webhooks").set({ position, skipped }).where("id", "=", id).execute();
        }
        for (const delivery of deliveries) {
          const { id, state, tries, attempts, next_attempt_at, ...made } = toDeliveryRow(delivery);
          const changes = { state, tries, attempts, next_attempt_at };
          await transaction
            .insertInto("webhook_deliveries")
            .values({ id, ...made, ...changes })
            .onConflict((conflict) => conflict.column("id").doUpdateSet(changes))
            .execute();
        }
        for (const webhook of new Set(deliveries.map((delivery) => delivery.webhook))) {
          const beyond = transaction
            .selectFrom("webhook_deliveries")
            .select("number")
            .where("webhook", "=", webhook)
            .where("state", "!=", "pending")
            .orderBy("number", "desc")
            .limit(kept)
            .offset(kept);
          await transaction.deleteFrom("webhook_deliveries").where("number", "in", beyond).execute();
        }
      });
    },

    async pending(webhook) {
      const rows = await deliveriesOf(webhook)
        .selectAll()
        .where("state", "=", "pending")
        .orderBy("number")
        .execute();
      return rows.map(toDelivery);
    },

    async giveUp(webhook) {
      await database
        .updateTable("webhook_deliveries")
        .set({ state: "failed", next_attempt_at: null })
        .where("webhook", "=", webhook)
        .where("state", "=", "pending")
        .execute();
    },

    async deliveries(webhook, { skip, top, state }) {
      let matching = deliveriesOf(webhook);
      if (state) matching = matching.where("state", "=", state);
      const { count } = await matching
        .select(({ fn }) => fn.countAll().as("count"))
        .executeTakeFirstOrThrow();
      const rows = await matching.selectAll().orderBy("number", "desc").limit(top).offset(skip).execute();
      return { count: Number(count), items: rows.map(toDelivery) };
    },

    async delivery(webhook, id) {
      const row = await deliveriesOf(webhook).selectAll().where("id", "=", id).executeTakeFirst();
      return row && toDelivery(row);
    },
  };
}

const toRow = (webhook: Webhook): WebhookRow => ({
  id: webhook.id,
  url: webhook.url,
  description: webhook.description,
  types: JSON.stringify(webhook.types),
  room: webhook.room,
  enabled: Number(webhook.enabled),
  disabled_reason: webhook.disabledReason,
  format: webhook.format,
  secrets: JSON.stringify(webhook.secrets),
  created_at: webhook.createdAt,
  updated_at: webhook.updatedAt,
  position: webhook.position,
  skipped: webhook.skipped,
});

const toWebhook = (row: WebhookRow): Webhook => ({
  id: row.id,
  url: row.url,
  description: row.description,
  types: JSON.parse(row.types),
  room: row.room,
  enabled: row.enabled !== 0,
  disabledReason: row.disabled_reason as Webhook["disabledReason"],
  format: row.format as WebhookFormat,
  secrets: JSON.parse(row.secrets),
  createdAt: row.created_at,
  updatedAt: row.updated_at,
  position: row.position,
  skipped: row.skipped,
});

const toDeliveryRow = (delivery: Delivery) => ({
  id: delivery.id,
  webhook: delivery.webhook,
  event: delivery.event,
  seq: delivery.seq,
  type: delivery.type,
  created_at: delivery.createdAt,
  state: delivery.state,
  next_attempt_at: delivery.nextAttemptAt,
  tries: delivery.tries,
  attempts: JSON.stringify(delivery.attempts),
  payload: delivery.payload,
});

const toDelivery = (row: Omit<WebhookDeliveryRow, "number">): Delivery => ({
  id: row.id,
  webhook: row.webhook,
  event: row.event,
  seq: row.seq,
  type: row.type,
  createdAt: row.created_at,
  state: row.state as DeliveryState,
  nextAttemptAt: row.next_attempt_at,
  tries: row.tries,
  attempts: JSON.parse(row.attempts),
  payload: row.payload,
});
