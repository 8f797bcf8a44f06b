// Hanging up calls has a scope of its own: keys that could do it by `calls` still can.
import { sql } from "kysely";
import type { Migration } from "./migration.ts";

export const hangUpScope: Migration = {
  id: 33,
  name: "hang-up scope",
  async up(database) {
    await sql`update api_keys set scopes = scopes || ' calls:hangup' where ' ' || scopes || ' ' like '% calls %'`.execute(
      database,
    );
  },
};
