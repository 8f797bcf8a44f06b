// The machines that host rooms. The row of the built-in one is made at the first start.
import type { Migration } from "./migration.ts";

export const servers: Migration = {
  id: 4,
  name: "servers",
  async up(database) {
    await database.schema
      .createTable("servers")
      .addColumn("id", "text", (column) => column.primaryKey())
      .addColumn("name", "text", (column) => column.notNull())
      .addColumn("enabled", "integer", (column) => column.notNull())
      .addColumn("type", "text", (column) => column.notNull())
      .addColumn("ipv4", "text")
      .addColumn("ipv6", "text")
      .addColumn("max_rooms", "integer", (column) => column.notNull())
      .addColumn("max_participants", "integer", (column) => column.notNull())
      .addColumn("created_at", "text", (column) => column.notNull())
      .execute();
  },
};
