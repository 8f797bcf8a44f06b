// What the removal of a recording was warned of for. Warnings until now do not say: they count no more, and are sent again.
import type { Migration } from "./migration.ts";

export const warnedRecordings: Migration = {
  id: 102,
  name: "warned recordings",
  async up(database) {
    await database.schema.alterTable("recordings").addColumn("warned_for", "text").execute();
    await database.updateTable("recordings").set({ warned_at: null }).execute();
  },
};
