// Whom a room knows in advance, by a link or a token of their own.
import type { Migration } from "./migration.ts";

export const members: Migration = {
  id: 62,
  name: "members",
  async up(database) {
    await database.schema
      .createTable("members")
      .addColumn("room_id", "text", (column) => column.notNull().references("rooms.id").onDelete("cascade"))
      .addColumn("id", "text", (column) => column.notNull())
      .addColumn("participant_id", "text", (column) => column.notNull().unique())
      .addColumn("name", "text", (column) => column.notNull())
      .addColumn("user_id", "text")
      .addColumn("external_user_id", "text")
      .addColumn("base_role", "text", (column) => column.notNull())
      .addColumn("permissions", "text", (column) => column.notNull())
      .addColumn("link_secret", "text", (column) => column.notNull())
      .addColumn("archived", "integer", (column) => column.notNull())
      .addColumn("created_at", "text", (column) => column.notNull())
      .addPrimaryKeyConstraint("members_room_id_id", ["room_id", "id"])
      .execute();
    for (const column of ["user_id", "external_user_id", "link_secret"] as const) {
      await database.schema
        .createIndex(`members_room_id_${column}`)
        .unique()
        .on("members")
        .columns(["room_id", column])
        .execute();
    }
    await database.schema.createIndex("members_user_id").on("members").column("user_id").execute();
  },
};
