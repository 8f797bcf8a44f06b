// Closed rooms, and who may come into a room and do what there: links, permissions, when the room goes. Rooms that are
// there already get secrets of their own; whatever else is absent has its default.
import { randomText } from "#common";
import type { Migration } from "./migration.ts";

export const roomAccess: Migration = {
  id: 61,
  name: "room access",
  async up(database) {
    await database.schema
      .alterTable("rooms")
      .addColumn("closed", "integer", (column) => column.notNull().defaultTo(0))
      .execute();
    await database.schema
      .alterTable("rooms")
      .addColumn("access", "text", (column) => column.notNull().defaultTo("{}"))
      .execute();
    await database.schema.alterTable("rooms").addColumn("auto_deletion_date", "text").execute();
    await database.schema.alterTable("rooms").addColumn("owner", "text").execute();
    await database.schema.createIndex("rooms_owner").on("rooms").column("owner").execute();
    await database.schema
      .createIndex("rooms_auto_deletion_date")
      .on("rooms")
      .column("auto_deletion_date")
      .execute();
    const link = () => ({ enabled: true, secret: randomText(10) });
    for (const { id } of await database.selectFrom("rooms").select("id").execute()) {
      const access = JSON.stringify({ links: { moderator: link(), speaker: link() } });
      await database.updateTable("rooms").set({ access }).where("id", "=", id).execute();
    }
  },
};
