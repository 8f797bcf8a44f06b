// Webhooks with their secrets and their places in the event log, and what became of each delivery. `number` is the
// order in which deliveries were begun.
import type { Migration } from "./migration.ts";

export const webhooks: Migration = {
  id: 7,
  name: "webhooks",
  async up(database) {
    await database.schema
      .createTable("webhooks")
      .addColumn("id", "text", (column) => column.primaryKey())
      .addColumn("url", "text", (column) => column.notNull())
      .addColumn("description", "text", (column) => column.notNull())
      .addColumn("types", "text", (column) => column.notNull())
      .addColumn("room", "text")
      .addColumn("enabled", "integer", (column) => column.notNull())
      .addColumn("disabled_reason", "text")
      .addColumn("secrets", "text", (column) => column.notNull())
      .addColumn("created_at", "text", (column) => column.notNull())
      .addColumn("updated_at", "text", (column) => column.notNull())
      .addColumn("position", "integer", (column) => column.notNull())
      .addColumn("skipped", "integer", (column) => column.notNull())
      .execute();
    await database.schema
      .createTable("webhook_deliveries")
      .addColumn("number", "integer", (column) => column.primaryKey())
      .addColumn("id", "text", (column) => column.notNull().unique())
      .addColumn("webhook", "text", (column) => column.notNull())
      .addColumn("event", "text", (column) => column.notNull())
      .addColumn("seq", "integer")
      .addColumn("type", "text", (column) => column.notNull())
      .addColumn("created_at", "text", (column) => column.notNull())
      .addColumn("state", "text", (column) => column.notNull())
      .addColumn("next_attempt_at", "text")
      .addColumn("tries", "integer", (column) => column.notNull())
      .addColumn("attempts", "text", (column) => column.notNull())
      .addColumn("payload", "text", (column) => column.notNull())
      .execute();
    await database.schema
      .createIndex("webhook_deliveries_webhook")
      .on("webhook_deliveries")
      .columns(["webhook", "state", "number"])
      .execute();
  },
};
