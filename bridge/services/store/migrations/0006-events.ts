// The event log. The sequence number is the key and the order; the index on the time serves forgetting by age.
import type { Migration } from "./migration.ts";

export const events: Migration = {
  id: 6,
  name: "events",
  async up(database) {
    await database.schema
      .createTable("events")
      .addColumn("seq", "integer", (column) => column.primaryKey())
      .addColumn("id", "text", (column) => column.notNull())
      .addColumn("time", "text", (column) => column.notNull())
      .addColumn("type", "text", (column) => column.notNull())
      .addColumn("room", "text")
      .addColumn("meeting", "text")
      .addColumn("participant", "text")
      .addColumn("data", "text", (column) => column.notNull())
      .execute();
    await database.schema.createIndex("events_time").on("events").column("time").execute();
  },
};
