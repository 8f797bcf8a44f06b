// People whom the configured issuer knows, in the database: one row each.
import { sql } from "kysely";
import { type OidcUser, type OidcUsersRepository, oidcUserSearchFields, type Role } from "#services/access";
import { createListing } from "./listing.ts";
import { countRows, rowsOf } from "./rows.ts";
import type { Database, OidcUserRow } from "./schema.ts";

export function createOidcUsersRepository(database: Database): OidcUsersRepository {
  const listing = createListing(database, {
    table: "oidc_users",
    searchFields: oidcUserSearchFields,
    order: sql`first_seen_at, id`,
    toItem: toUser,
  });
  const rows = rowsOf(database, "oidc_users");

  return {
    async get(id) {
      const row = await rows.get(id);
      return row && toUser(row);
    },

    list: (query) => listing.list(query),

    seen(user, limit) {
      return database.transaction().execute(async (transaction) => {
        const { name, role, lastSeenAt } = user;
        const { numUpdatedRows } = await transaction
          .updateTable("oidc_users")
          .set({ name, role, last_seen_at: lastSeenAt })
          .where("id", "=", user.id)
          .executeTakeFirstOrThrow();
        if (numUpdatedRows === 1n) return true;
        if ((await countRows(transaction, "oidc_users")) >= limit) {
          const oldest = await transaction
            .selectFrom("oidc_users")
            .select("id")
            .where("enabled", "=", 1)
            .orderBy("last_seen_at")
            .limit(1)
            .executeTakeFirst();
          if (!oldest) return false;
          await transaction.deleteFrom("oidc_users").where("id", "=", oldest.id).execute();
        }
        await transaction
          .insertInto("oidc_users")
          .values(toRow({ ...user, enabled: true }))
          .execute();
        return true;
      });
    },

    setEnabled: (id, enabled) => rows.update(id, { enabled: Number(enabled) }),
  };
}

const toRow = (user: OidcUser): OidcUserRow => ({
  id: user.id,
  issuer: user.issuer,
  subject: user.subject,
  name: user.name,
  role: user.role,
  enabled: Number(user.enabled),
  first_seen_at: user.firstSeenAt,
  last_seen_at: user.lastSeenAt,
});

const toUser = (row: OidcUserRow): OidcUser => ({
  id: row.id,
  issuer: row.issuer,
  subject: row.subject,
  name: row.name,
  role: row.role as Role,
  enabled: row.enabled !== 0,
  firstSeenAt: row.first_seen_at,
  lastSeenAt: row.last_seen_at,
});
