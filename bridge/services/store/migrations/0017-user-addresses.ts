// Where a user is written to; null for those who have no address, or whose name is one.
import type { Migration } from "./migration.ts";

export const userAddresses: Migration = {
  id: 17,
  name: "user addresses",
  async up(database) {
    await database.schema.alterTable("users").addColumn("email", "text").execute();
  },
};
