// Refresh tokens of members of rooms: one row for all that came of one another.
import type { Migration } from "./migration.ts";

export const tokenFamilies: Migration = {
  id: 82,
  name: "token families",
  async up(database) {
    await database.schema
      .createTable("token_families")
      .addColumn("id", "text", (column) => column.primaryKey())
      .addColumn("room_id", "text", (column) => column.notNull())
      .addColumn("member_id", "text", (column) => column.notNull())
      .addColumn("refresh_hash", "text", (column) => column.notNull())
      .addColumn("refresh_expires_at", "text", (column) => column.notNull())
      .addColumn("access_expires_at", "text", (column) => column.notNull())
      .addColumn("created_at", "text", (column) => column.notNull())
      .addForeignKeyConstraint(
        "token_families_member",
        ["room_id", "member_id"],
        "members",
        ["room_id", "id"],
        (constraint) => constraint.onDelete("cascade"),
      )
      .execute();
    await database.schema
      .createIndex("token_families_member")
      .on("token_families")
      .columns(["room_id", "member_id", "created_at"])
      .execute();
    await database.schema
      .createIndex("token_families_refresh_expires_at")
      .on("token_families")
      .column("refresh_expires_at")
      .execute();
  },
};
