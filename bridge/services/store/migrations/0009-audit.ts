// Who changed what over the API. The indexes serve the order of the list and the removal of the oldest.
import type { Migration } from "./migration.ts";

export const audit: Migration = {
  id: 9,
  name: "audit",
  async up(database) {
    await database.schema
      .createTable("audit")
      .addColumn("id", "integer", (column) => column.primaryKey().autoIncrement())
      .addColumn("at", "text", (column) => column.notNull())
      .addColumn("actor_kind", "text", (column) => column.notNull())
      .addColumn("actor_id", "text")
      .addColumn("actor_name", "text")
      .addColumn("operation", "text", (column) => column.notNull())
      .addColumn("object_id", "text")
      .addColumn("path", "text", (column) => column.notNull())
      .addColumn("fields", "text", (column) => column.notNull())
      .addColumn("address", "text", (column) => column.notNull())
      .addColumn("outcome", "text", (column) => column.notNull())
      .addColumn("status", "integer", (column) => column.notNull())
      .execute();
    await database.schema.createIndex("audit_at").on("audit").column("at").execute();
    await database.schema.createIndex("audit_outcome_id").on("audit").columns(["outcome", "id"]).execute();
  },
};
