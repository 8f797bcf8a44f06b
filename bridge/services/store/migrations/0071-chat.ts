// What was written in rooms, and the files that belong to it.
import type { Migration } from "./migration.ts";

export const chat: Migration = {
  id: 71,
  name: "chat",
  async up(database) {
    await database.schema
      .createTable("chat_messages")
      .addColumn("id", "text", (column) => column.primaryKey())
      .addColumn("room_id", "text", (column) => column.notNull())
      .addColumn("number", "integer", (column) => column.notNull())
      .addColumn("meeting_id", "text")
      .addColumn("participant_id", "text")
      .addColumn("member_id", "text")
      .addColumn("user_id", "text")
      .addColumn("display_name", "text", (column) => column.notNull())
      .addColumn("text", "text", (column) => column.notNull())
      .addColumn("file_id", "text")
      .addColumn("sent_at", "text", (column) => column.notNull())
      .execute();
    await database.schema
      .createIndex("chat_messages_number")
      .on("chat_messages")
      .columns(["room_id", "number"])
      .unique()
      .execute();
    await database.schema
      .createTable("chat_files")
      .addColumn("id", "text", (column) => column.primaryKey())
      .addColumn("room_id", "text", (column) => column.notNull())
      .addColumn("owner", "text", (column) => column.notNull())
      .addColumn("name", "text", (column) => column.notNull())
      .addColumn("content_type", "text", (column) => column.notNull())
      .addColumn("size", "integer", (column) => column.notNull())
      .addColumn("sha256", "text")
      .addColumn("state", "text", (column) => column.notNull())
      .addColumn("created_at", "text", (column) => column.notNull())
      .execute();
    await database.schema.createIndex("chat_files_room").on("chat_files").column("room_id").execute();
  },
};
