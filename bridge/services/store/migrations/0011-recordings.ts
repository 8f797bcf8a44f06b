// Recordings, each from its first instant; the files lie below the folder of recordings. They outlive their rooms.
import type { Migration } from "./migration.ts";

export const recordings: Migration = {
  id: 11,
  name: "recordings",
  async up(database) {
    await database.schema
      .createTable("recordings")
      .addColumn("id", "text", (column) => column.primaryKey())
      .addColumn("room_id", "text", (column) => column.notNull())
      .addColumn("meeting_id", "text", (column) => column.notNull())
      .addColumn("state", "text", (column) => column.notNull())
      .addColumn("answered_at", "text", (column) => column.notNull())
      .addColumn("ended_at", "text")
      .addColumn("duration_ms", "integer", (column) => column.notNull())
      .addColumn("format", "text", (column) => column.notNull())
      .addColumn("path", "text", (column) => column.notNull())
      .addColumn("size", "bigint", (column) => column.notNull())
      .addColumn("sha256", "text")
      .addColumn("tracks", "text", (column) => column.notNull())
      .addColumn("read", "integer", (column) => column.notNull())
      .addColumn("warned_at", "text")
      .execute();
    await database.schema
      .createIndex("recordings_room")
      .on("recordings")
      .columns(["room_id", "answered_at"])
      .execute();
    await database.schema.createIndex("recordings_state").on("recordings").column("state").execute();
  },
};
