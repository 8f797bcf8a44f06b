// People whom the configured issuer of tokens knows and who have come.
import type { Migration } from "./migration.ts";

export const oidcUsers: Migration = {
  id: 81,
  name: "oidc users",
  async up(database) {
    await database.schema
      .createTable("oidc_users")
      .addColumn("id", "text", (column) => column.primaryKey())
      .addColumn("issuer", "text", (column) => column.notNull())
      .addColumn("subject", "text", (column) => column.notNull())
      .addColumn("name", "text", (column) => column.notNull())
      .addColumn("role", "text", (column) => column.notNull())
      .addColumn("enabled", "integer", (column) => column.notNull())
      .addColumn("first_seen_at", "text", (column) => column.notNull())
      .addColumn("last_seen_at", "text", (column) => column.notNull())
      .execute();
    await database.schema
      .createIndex("oidc_users_last_seen_at")
      .on("oidc_users")
      .columns(["enabled", "last_seen_at"])
      .execute();
  },
};
