// Who may use the API: keys, users, and the sessions of users who have logged in. Secrets are hashes.
import type { Migration } from "./migration.ts";

export const access: Migration = {
  id: 8,
  name: "access",
  async up(database) {
    await database.schema
      .createTable("api_keys")
      .addColumn("id", "text", (column) => column.primaryKey())
      .addColumn("name", "text", (column) => column.notNull())
      .addColumn("hash", "text", (column) => column.notNull())
      .addColumn("scopes", "text", (column) => column.notNull())
      .addColumn("addresses", "text", (column) => column.notNull())
      .addColumn("expires_at", "text")
      .addColumn("created_at", "text", (column) => column.notNull())
      .addColumn("last_used_at", "text")
      .execute();
    await database.schema
      .createTable("users")
      .addColumn("id", "text", (column) => column.primaryKey())
      .addColumn("username", "text", (column) => column.notNull())
      .addColumn("folded_username", "text", (column) => column.notNull().unique())
      .addColumn("display_name", "text", (column) => column.notNull())
      .addColumn("role", "text", (column) => column.notNull())
      .addColumn("enabled", "integer", (column) => column.notNull())
      .addColumn("password_hash", "text", (column) => column.notNull())
      .addColumn("created_at", "text", (column) => column.notNull())
      .addColumn("last_login_at", "text")
      .execute();
    await database.schema
      .createTable("sessions")
      .addColumn("id", "text", (column) => column.primaryKey())
      .addColumn("user_id", "text", (column) => column.notNull().references("users.id").onDelete("cascade"))
      .addColumn("access_hash", "text", (column) => column.notNull())
      .addColumn("access_expires_at", "text", (column) => column.notNull())
      .addColumn("refresh_hash", "text", (column) => column.notNull())
      .addColumn("refresh_expires_at", "text", (column) => column.notNull())
      .addColumn("created_at", "text", (column) => column.notNull())
      .execute();
    await database.schema.createIndex("sessions_user_id").on("sessions").column("user_id").execute();
  },
};
