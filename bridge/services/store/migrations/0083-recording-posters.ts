// Recordings of rooms with a picture have a poster: its size, 0 where there is none.
import type { Migration } from "./migration.ts";

export const recordingPosters: Migration = {
  id: 83,
  name: "recording posters",
  async up(database) {
    await database.schema
      .alterTable("recordings")
      .addColumn("poster_bytes", "integer", (column) => column.notNull().defaultTo(0))
      .execute();
  },
};
