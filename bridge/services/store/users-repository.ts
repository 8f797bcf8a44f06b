// Users in the database: one row each. Names are unique without regard to case.
import { sql } from "kysely";
import {
  foldUsername,
  type Role,
  type StoredUser,
  type User,
  type UsersRepository,
  userSearchFields,
} from "#services/access";
import { createListing } from "./listing.ts";
import { countRows, rowsOf } from "./rows.ts";
import type { Database, UserRow } from "./schema.ts";

export function createUsersRepository(database: Database): UsersRepository {
  const listing = createListing(database, {
    table: "users",
    searchFields: userSearchFields,
    order: sql`folded_username`,
    toItem: withoutHash,
  });
  const rows = rowsOf(database, "users");

  return {
    insert(user, limit) {
      return database.transaction().execute(async (transaction) => {
        if ((await countRows(transaction, "users")) >= limit) return "full";
        const { numInsertedOrUpdatedRows } = await transaction
          .insertInto("users")
          .values(toRow(user))
          .onConflict((conflict) => conflict.column("folded_username").doNothing())
          .executeTakeFirstOrThrow();
        return numInsertedOrUpdatedRows === 1n ? "inserted" : "taken";
      });
    },

    async get(id) {
      const row = await rows.get(id);
      return row && toUser(row);
    },

    async find(username) {
      const row = await database
        .selectFrom("users")
        .selectAll()
        .where("folded_username", "=", foldUsername(username))
        .executeTakeFirst();
      return row && toUser(row);
    },

    list: (query) => listing.list(query),

    async update(user) {
      const { display_name, email, role, enabled, password_hash } = toRow(user);
      return rows.update(user.id, { display_name, email, role, enabled, password_hash });
    },

    async loggedIn(id, at) {
      await database.updateTable("users").set({ last_login_at: at }).where("id", "=", id).execute();
    },

    delete: (id) => rows.delete(id),
  };
}

function toRow(user: StoredUser): UserRow {
  return {
    id: user.id,
    username: user.username,
    folded_username: foldUsername(user.username),
    display_name: user.displayName,
    email: user.email,
    role: user.role,
    enabled: Number(user.enabled),
    password_hash: user.passwordHash,
    created_at: user.createdAt,
    last_login_at: user.lastLoginAt,
  };
}

const withoutHash = (row: UserRow): User => ({
  id: row.id,
  username: row.username,
  displayName: row.display_name,
  email: row.email,
  role: row.role as Role,
  enabled: row.enabled !== 0,
  createdAt: row.created_at,
  lastLoginAt: row.last_login_at,
});

const toUser = (row: UserRow): StoredUser => ({ ...withoutHash(row), passwordHash: row.password_hash });
