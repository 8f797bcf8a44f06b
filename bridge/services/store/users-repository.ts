// Users in the database: one row each. Names are unique whatever their case.
import { sql } from "kysely";
import {
  folded,
  type Role,
  type StoredUser,
  type User,
  type UsersRepository,
  userSearchFields,
} from "#services/access";
import { createListing } from "./listing.ts";
import type { Database, UserRow } from "./schema.ts";

export function createUsersRepository(database: Database): UsersRepository {
  const listing = createListing(database, {
    table: "users",
    searchFields: userSearchFields,
    order: sql`folded_username`,
    toItem: withoutHash,
  });

  return {
    insert(user, limit) {
      return database.transaction().execute(async (transaction) => {
        const { count } = await transaction
          .selectFrom("users")
          .select(({ fn }) => fn.countAll().as("count"))
          .executeTakeFirstOrThrow();
        if (Number(count) >= limit) return "full";
        const { numInsertedOrUpdatedRows } = await transaction
          .insertInto("users")
          .values(toRow(user))
          .onConflict((conflict) => conflict.column("folded_username").doNothing())
          .executeTakeFirstOrThrow();
        return numInsertedOrUpdatedRows === 1n ? "inserted" : "taken";
      });
    },

    async get(id) {
      const row = await database.selectFrom("users").selectAll().where("id", "=", id).executeTakeFirst();
      return row && toUser(row);
    },

    async find(username) {
      const row = await database
        .selectFrom("users")
        .selectAll()
        .where("folded_username", "=", folded(username))
        .executeTakeFirst();
      return row && toUser(row);
    },

    list: (query) => listing.list(query),

    async update(user) {
      const { display_name, email, role, enabled, password_hash } = toRow(user);
      const { numUpdatedRows } = await database
        .updateTable("users")
        .set({ display_name, email, role, enabled, password_hash })
        .where("id", "=", user.id)
        .executeTakeFirstOrThrow();
      return numUpdatedRows === 1n;
    },

    async loggedIn(id, at) {
      await database.updateTable("users").set({ last_login_at: at }).where("id", "=", id).execute();
    },

    async delete(id) {
      const { numDeletedRows } = await database
        .deleteFrom("users")
        .where("id", "=", id)
        .executeTakeFirstOrThrow();
      return numDeletedRows === 1n;
    },
  };
}

function toRow(user: StoredUser): UserRow {
  return {
    id: user.id,
    username: user.username,
    folded_username: folded(user.username),
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
