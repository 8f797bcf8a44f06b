// What a room can do beyond the fields of the conference API, as JSON; an option that is absent has its default.
import type { Migration } from "./migration.ts";

export const roomLife: Migration = {
  id: 12,
  name: "room life",
  async up(database) {
    await database.schema
      .alterTable("rooms")
      .addColumn("options", "text", (column) => column.notNull().defaultTo("{}"))
      .execute();
  },
};
