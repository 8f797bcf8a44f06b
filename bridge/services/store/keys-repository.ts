// API keys in the database: one row each. Scopes are words with spaces between, so that a filter finds them.
import { sql } from "kysely";
import { type ApiKey, type KeysRepository, keySearchFields, type Scope } from "#services/access";
import { createListing } from "./listing.ts";
import type { ApiKeyRow, Database } from "./schema.ts";

export function createKeysRepository(database: Database): KeysRepository {
  const listing = createListing(database, {
    table: "api_keys",
    searchFields: keySearchFields,
    order: sql`created_at, id`,
    toItem: toKey,
  });

  return {
    insert({ hash, ...key }, limit) {
      return database.transaction().execute(async (transaction) => {
        const { count } = await transaction
          .selectFrom("api_keys")
          .select(({ fn }) => fn.countAll().as("count"))
          .executeTakeFirstOrThrow();
        if (Number(count) >= limit) return false;
        await transaction
          .insertInto("api_keys")
          .values({ ...toRow(key), hash })
          .execute();
        return true;
      });
    },

    async get(id) {
      const row = await database.selectFrom("api_keys").selectAll().where("id", "=", id).executeTakeFirst();
      return row && { ...toKey(row), hash: row.hash };
    },

    list: (query) => listing.list(query),

    async update(key) {
      const { name, scopes, addresses, expires_at } = toRow(key);
      const { numUpdatedRows } = await database
        .updateTable("api_keys")
        .set({ name, scopes, addresses, expires_at })
        .where("id", "=", key.id)
        .executeTakeFirstOrThrow();
      return numUpdatedRows === 1n;
    },

    async used(id, at) {
      await database.updateTable("api_keys").set({ last_used_at: at }).where("id", "=", id).execute();
    },

    async delete(id) {
      const { numDeletedRows } = await database
        .deleteFrom("api_keys")
        .where("id", "=", id)
        .executeTakeFirstOrThrow();
      return numDeletedRows === 1n;
    },
  };
}

function toRow(key: ApiKey): Omit<ApiKeyRow, "hash"> {
  return {
    id: key.id,
    name: key.name,
    scopes: key.scopes.join(" "),
    addresses: JSON.stringify(key.addresses),
    expires_at: key.expiresAt,
    created_at: key.createdAt,
    last_used_at: key.lastUsedAt,
  };
}

function toKey(row: ApiKeyRow): ApiKey {
  return {
    id: row.id,
    name: row.name,
    scopes: row.scopes.split(" ") as Scope[],
    addresses: JSON.parse(row.addresses),
    expiresAt: row.expires_at,
    createdAt: row.created_at,
    lastUsedAt: row.last_used_at,
  };
}
