// What the invitees of a room were told, and the letters that the mail server has not taken yet.
import type { Migration } from "./migration.ts";

export const outbox: Migration = {
  id: 13,
  name: "outbox",
  async up(database) {
    await database.schema
      .createTable("invited")
      .addColumn("room_id", "text", (column) => column.primaryKey())
      .addColumn("revision", "integer", (column) => column.notNull())
      .addColumn("meeting", "text", (column) => column.notNull())
      .addColumn("recipients", "text", (column) => column.notNull())
      .execute();
    await database.schema
      .createTable("outbox")
      .addColumn("id", "text", (column) => column.primaryKey())
      .addColumn("room_id", "text", (column) => column.notNull())
      .addColumn("recipient", "text", (column) => column.notNull())
      .addColumn("letter", "text", (column) => column.notNull())
      .addColumn("attempts", "integer", (column) => column.notNull())
      .addColumn("due_at", "text", (column) => column.notNull())
      .addUniqueConstraint("outbox_room_id_recipient", ["room_id", "recipient"])
      .execute();
    await database.schema.createIndex("outbox_due_at_id").on("outbox").columns(["due_at", "id"]).execute();
  },
};
