// What the event log has told the beginning of, and not the end: meetings, participants, recordings, bad connections and what
// was found. The next start tells the ends of what does not go on. What was on before this migration counts as ended.
import type { Migration } from "./migration.ts";

export const toldOpen: Migration = {
  id: 101,
  name: "told open",
  async up(database) {
    await database.schema
      .createTable("told_open")
      .addColumn("kind", "text", (column) => column.notNull())
      .addColumn("id", "text", (column) => column.notNull())
      .addColumn("seq", "integer", (column) => column.notNull())
      .addColumn("room", "text")
      .addColumn("meeting", "text")
      .addColumn("participant", "text")
      .addColumn("since", "text", (column) => column.notNull())
      .addColumn("data", "text", (column) => column.notNull())
      .addPrimaryKeyConstraint("told_open_key", ["kind", "id"])
      .execute();
  },
};
