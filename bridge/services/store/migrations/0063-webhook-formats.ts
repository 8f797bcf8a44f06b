// Webhooks that speak as the meet API does, beside those that speak as the event log does.
import type { Migration } from "./migration.ts";

export const webhookFormats: Migration = {
  id: 63,
  name: "webhook formats",
  async up(database) {
    await database.schema
      .alterTable("webhooks")
      .addColumn("format", "text", (column) => column.notNull().defaultTo("parley"))
      .execute();
  },
};
