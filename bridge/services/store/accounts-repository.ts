// Accounts in the database: one row each. No extension is a room's and an account's.
import { sql } from "kysely";
import {
  type Account,
  type AccountsRepository,
  accountSearchFields,
  type StoredAccount,
} from "#services/accounts";
import { createListing } from "./listing.ts";
import { countRows, rowsOf } from "./rows.ts";
import type { AccountRow, Database } from "./schema.ts";

export function createAccountsRepository(database: Database): AccountsRepository {
  const listing = createListing(database, {
    table: "accounts",
    searchFields: accountSearchFields,
    order: sql`extension`,
    toItem: withoutHashes,
  });
  const rows = rowsOf(database, "accounts");

  return {
    insert(account, limit) {
      return database.transaction().execute(async (transaction) => {
        if ((await countRows(transaction, "accounts")) >= limit) return "full";
        const room = await transaction
          .selectFrom("rooms")
          .select("id")
          .where("extension_number", "=", account.extension)
          .executeTakeFirst();
        if (room) return "taken";
        const { numInsertedOrUpdatedRows } = await transaction
          .insertInto("accounts")
          .values(toRow(account))
          .onConflict((conflict) => conflict.column("extension").doNothing())
          .executeTakeFirstOrThrow();
        return numInsertedOrUpdatedRows === 1n ? "inserted" : "taken";
      });
    },

    async get(id) {
      const row = await rows.get(id);
      return row && toAccount(row);
    },

    async all() {
      return (await database.selectFrom("accounts").selectAll().execute()).map(toAccount);
    },

    list: (query) => listing.list(query),

    async update(account) {
      const { id, extension: _, created_at: _createdAt, ...changes } = toRow(account);
      return rows.update(id, changes);
    },

    delete: (id) => rows.delete(id),
  };
}

const toRow = (account: StoredAccount): AccountRow => ({
  id: account.id,
  revision: account.revision,
  extension: account.extension,
  display_name: account.displayName,
  email: account.email,
  enabled: Number(account.enabled),
  ha1_md5: account.ha1Md5,
  ha1_sha256: account.ha1Sha256,
  created_at: account.createdAt,
});

const withoutHashes = (row: AccountRow): Account => ({
  id: row.id,
  revision: row.revision,
  extension: row.extension,
  displayName: row.display_name,
  email: row.email,
  enabled: row.enabled !== 0,
  createdAt: row.created_at,
});

const toAccount = (row: AccountRow): StoredAccount => ({
  ...withoutHashes(row),
  ha1Md5: row.ha1_md5,
  ha1Sha256: row.ha1_sha256,
});
