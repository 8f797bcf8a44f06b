// What the event log has last told of each room, so that a change whose event was lost with the process is noticed at
// the next start. Rooms that are there already count as told.
import type { Migration } from "./migration.ts";

export const toldRooms: Migration = {
  id: 34,
  name: "told rooms",
  async up(database) {
    await database.schema
      .createTable("told_rooms")
      .addColumn("room_id", "text", (column) => column.primaryKey())
      .addColumn("revision", "integer", (column) => column.notNull())
      .addColumn("data", "text", (column) => column.notNull())
      .execute();
    const fields = ["id", "extension_number", "subject", "mode", "control", "layout", "language"] as const;
    const rows = await database
      .selectFrom("rooms")
      .select([...fields, "capacity", "scheduled_start_at", "scheduled_end_at", "revision"])
      .execute();
    for (const row of rows) {
      const values = { room_id: row.id, revision: row.revision, data: JSON.stringify(row) };
      await database.insertInto("told_rooms").values(values).execute();
    }
  },
};
