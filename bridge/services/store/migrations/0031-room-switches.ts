// The lock and the mute of rooms, so that a restart does not lift them: a row for each room in which one is on.
import type { Migration } from "./migration.ts";

export const roomSwitches: Migration = {
  id: 31,
  name: "room switches",
  async up(database) {
    await database.schema
      .createTable("room_switches")
      .addColumn("room_id", "text", (column) =>
        column.primaryKey().references("rooms.id").onDelete("cascade"),
      )
      .addColumn("locked", "integer", (column) => column.notNull())
      .addColumn("muted", "integer", (column) => column.notNull())
      .execute();
  },
};
