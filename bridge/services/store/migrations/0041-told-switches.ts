// What the event log has last told of the lock and the mute of each room, as migration 34 keeps the rest of it. What is
// switched on already counts as told.
import { sql } from "kysely";
import type { Migration } from "./migration.ts";

export const toldSwitches: Migration = {
  id: 41,
  name: "told switches",
  async up(database) {
    for (const name of ["locked", "muted"] as const) {
      await database.schema
        .alterTable("told_rooms")
        .addColumn(name, "integer", (column) => column.notNull().defaultTo(0))
        .execute();
      const kept = sql`coalesce((select ${sql.ref(name)} from room_switches where room_switches.room_id = told_rooms.room_id), 0)`;
      await sql`update told_rooms set ${sql.ref(name)} = ${kept}`.execute(database);
    }
  },
};
