// Every room that a call was in: participants may be moved from one to another.
import type { Migration } from "./migration.ts";

export const movedCalls: Migration = {
  id: 16,
  name: "moved calls",
  async up(database) {
    await database.schema.alterTable("call_records").addColumn("rooms", "text").execute();
  },
};
