// Recordings are listed over all rooms: each keeps the subject and the extension that its room had when it began, and
// the whole seconds and the bytes that a list can be asked for.
import { sql } from "kysely";
import type { Migration } from "./migration.ts";

export const recordingsOfAllRooms: Migration = {
  id: 32,
  name: "recordings of all rooms",
  async up(database) {
    const texts = ["room_subject", "room_extension_number"] as const;
    for (const name of texts) {
      await database.schema
        .alterTable("recordings")
        .addColumn(name, "text", (column) => column.notNull().defaultTo(""))
        .execute();
    }
    const subject = sql`coalesce((select subject from rooms where rooms.id = room_id), '')`;
    const extension = sql`coalesce((select extension_number from rooms where rooms.id = room_id), '')`;
    await sql`update recordings set room_subject = ${subject}, room_extension_number = ${extension}`.execute(
      database,
    );
    await sql`alter table recordings add column duration integer generated always as (duration_ms / 1000) virtual`.execute(
      database,
    );
    await sql`alter table recordings add column file_size bigint generated always as (size) virtual`.execute(
      database,
    );
    await database.schema.createIndex("recordings_answered").on("recordings").column("answered_at").execute();
  },
};
