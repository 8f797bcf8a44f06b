// API keys in the database: one row each. Scopes are words with spaces between, so that a filter finds them.
import { sql } from "kysely";
import { type ApiKey, type KeysRepository, keySearchFields, type Scope } from "#services/access";
import { createListing } from "./listing.ts";
import { countRows, rowsOf } from "./rows.ts";
import type { ApiKeyRow, Database } from "./schema.ts";

export function createKeysRepository(database: Database): KeysRepository {
  const listing = createListing(database, {
    table: "api_keys",
    searchFields: keySearchFields,
    order: sql`created_at, id`,
    toItem: toKey,
  });
  const rows = rowsOf(database, "api_keys");

  return {
    insert({ hash, ...key }, limit) {
      return database.transaction().execute(async (transaction) => {
        if ((await countRows(transaction, "api_keys")) >= limit) return false;
        await transaction
          .insertInto("api_keys")
          .values({ ...toRow(key), hash })
          .execute();
        return true;
      });
    },

    async get(id) {
      const row = await rows.get(id);
      return row && { ...toKey(row), hash: row.hash };
    },

    list: (query) => listing.list(query),

    async update(key) {
      const { name, scopes, addresses, expires_at } = toRow(key);
      return rows.update(key.id, { name, scopes, addresses, expires_at });
    },

    async used(id, at) {
      await database.updateTable("api_keys").set({ last_used_at: at }).where("id", "=", id).execute();
    },

    delete: (id) => rows.delete(id),
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
