// Settings that the product keeps for itself, one name each: the hash of the admin key is the first.
import type { Migration } from "./migration.ts";

export const settings: Migration = {
  id: 2,
  name: "settings",
  async up(database) {
    await database.schema
      .createTable("settings")
      .addColumn("name", "text", (column) => column.primaryKey())
      .addColumn("value", "text", (column) => column.notNull())
      .execute();
  },
};
