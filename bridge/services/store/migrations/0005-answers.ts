// Answers that are given again when a client repeats a request. The index serves their expiry.
import type { Migration } from "./migration.ts";

export const answers: Migration = {
  id: 5,
  name: "answers",
  async up(database) {
    await database.schema
      .createTable("answers")
      .addColumn("key", "text", (column) => column.primaryKey())
      .addColumn("fingerprint", "text", (column) => column.notNull())
      .addColumn("answer", "text", (column) => column.notNull())
      .addColumn("created_at", "text", (column) => column.notNull())
      .execute();
    await database.schema.createIndex("answers_created_at").on("answers").column("created_at").execute();
  },
};
