// Extensions that register with the bridge itself, and where their phones are. Of passwords only the hashes of digest.
import type { Migration } from "./migration.ts";

export const accounts: Migration = {
  id: 51,
  name: "accounts",
  async up(database) {
    await database.schema
      .createTable("accounts")
      .addColumn("id", "text", (column) => column.primaryKey())
      .addColumn("revision", "integer", (column) => column.notNull())
      .addColumn("extension", "text", (column) => column.notNull().unique())
      .addColumn("display_name", "text", (column) => column.notNull())
      .addColumn("email", "text")
      .addColumn("enabled", "integer", (column) => column.notNull())
      .addColumn("ha1_md5", "text", (column) => column.notNull())
      .addColumn("ha1_sha256", "text", (column) => column.notNull())
      .addColumn("created_at", "text", (column) => column.notNull())
      .execute();
    await database.schema
      .createTable("bindings")
      .addColumn("address_of_record", "text", (column) => column.notNull())
      .addColumn("expires_at", "text", (column) => column.notNull())
      /** JSON. */
      .addColumn("binding", "text", (column) => column.notNull())
      .execute();
    await database.schema
      .createIndex("bindings_address_of_record")
      .on("bindings")
      .column("address_of_record")
      .execute();
  },
};
