// Join tokens that were revoked, until they would have ended by themselves.
import type { Migration } from "./migration.ts";

export const revokedTokens: Migration = {
  id: 52,
  name: "revoked tokens",
  async up(database) {
    await database.schema
      .createTable("revoked_tokens")
      .addColumn("id", "text", (column) => column.primaryKey())
      .addColumn("room_id", "text", (column) => column.notNull())
      .addColumn("issued_up_to", "integer")
      .addColumn("expires_at", "integer", (column) => column.notNull())
      .execute();
  },
};
