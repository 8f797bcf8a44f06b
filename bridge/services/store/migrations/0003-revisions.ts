// The revision of a room, by which a client that has read it finds out that another client has changed it.
import type { Migration } from "./migration.ts";

export const revisions: Migration = {
  id: 3,
  name: "revisions",
  async up(database) {
    await database.schema
      .alterTable("rooms")
      .addColumn("revision", "integer", (column) => column.notNull().defaultTo(1))
      .execute();
  },
};
