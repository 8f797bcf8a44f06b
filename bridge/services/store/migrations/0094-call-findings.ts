// What was wrong with the media of a call.
import type { Migration } from "./migration.ts";

export const callFindings: Migration = {
  id: 94,
  name: "call findings",
  async up(database) {
    for (const column of ["findings", "verdict"]) {
      await database.schema.alterTable("call_records").addColumn(column, "text").execute();
    }
  },
};
