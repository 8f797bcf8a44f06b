// By what the media of a call were encrypted.
import type { Migration } from "./migration.ts";

export const mediaEncryption: Migration = {
  id: 53,
  name: "media encryption",
  async up(database) {
    await database.schema.alterTable("call_records").addColumn("media_encryption", "text").execute();
  },
};
