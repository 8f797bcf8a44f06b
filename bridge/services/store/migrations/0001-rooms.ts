// Rooms. The unique extension number is what a caller's lookup goes through; the list's order has its index.
import type { Migration } from "./migration.ts";

export const rooms: Migration = {
  id: 1,
  name: "rooms",
  async up(database) {
    await database.schema
      .createTable("rooms")
      .addColumn("id", "text", (column) => column.primaryKey())
      .addColumn("extension_number", "text", (column) => column.notNull().unique())
      .addColumn("mode", "text", (column) => column.notNull())
      .addColumn("control", "text", (column) => column.notNull())
      .addColumn("height", "integer", (column) => column.notNull())
      .addColumn("width", "integer", (column) => column.notNull())
      .addColumn("bitrate", "integer", (column) => column.notNull())
      .addColumn("framerate", "integer", (column) => column.notNull())
      .addColumn("layout", "text", (column) => column.notNull())
      .addColumn("subject", "text", (column) => column.notNull())
      .addColumn("language", "text", (column) => column.notNull())
      .addColumn("capacity", "integer", (column) => column.notNull())
      .addColumn("admin_pin", "text")
      .addColumn("room_pin", "text")
      .addColumn("enable_recording", "integer", (column) => column.notNull())
      .addColumn("enable_prompt", "integer", (column) => column.notNull())
      .addColumn("timezone", "text", (column) => column.notNull())
      .addColumn("created_at", "text", (column) => column.notNull())
      .addColumn("scheduled_start_at", "text")
      .addColumn("scheduled_end_at", "text")
      .addColumn("numbers", "text", (column) => column.notNull())
      .addColumn("internal_invitees", "text", (column) => column.notNull())
      .addColumn("external_invitees", "text", (column) => column.notNull())
      .addColumn("outbound_caller_ids", "text", (column) => column.notNull())
      .addColumn("custom_options", "text", (column) => column.notNull())
      .execute();
    await database.schema
      .createIndex("rooms_created_at_id")
      .on("rooms")
      .columns(["created_at", "id"])
      .execute();
  },
};
