// Logins in the database: one row each, gone with their user.
import type { LoginSession, SessionsRepository } from "#services/access";
import { falseIfReferenceGone } from "./database-errors.ts";
import type { Database, SessionRow } from "./schema.ts";

export function createSessionsRepository(database: Database): SessionsRepository {
  return {
    insert(session, { limit, now }) {
      return falseIfReferenceGone(
        database.transaction().execute(async (transaction) => {
          await transaction.deleteFrom("sessions").where("refresh_expires_at", "<=", now).execute();
          await transaction.insertInto("sessions").values(toRow(session)).execute();
          const beyond = transaction
            .selectFrom("sessions")
            .select("id")
            .where("user_id", "=", session.userId)
            .orderBy("created_at", "desc")
            .orderBy("id")
            .limit(1_000_000)
            .offset(limit);
          await transaction.deleteFrom("sessions").where("id", "in", beyond).execute();
        }),
      );
    },

    async get(id) {
      const row = await database.selectFrom("sessions").selectAll().where("id", "=", id).executeTakeFirst();
      return row && toSession(row);
    },

    async rotate(session, usedRefreshHash) {
      const { id, user_id: _user, created_at: _created, ...tokens } = toRow(session);
      const { numUpdatedRows } = await database
        .updateTable("sessions")
        .set(tokens)
        .where("id", "=", id)
        .where("refresh_hash", "=", usedRefreshHash)
        .executeTakeFirstOrThrow();
      return numUpdatedRows === 1n;
    },

    async delete(id) {
      const { numDeletedRows } = await database
        .deleteFrom("sessions")
        .where("id", "=", id)
        .executeTakeFirstOrThrow();
      return numDeletedRows === 1n;
    },

    async deleteOfUser(userId) {
      await database.deleteFrom("sessions").where("user_id", "=", userId).execute();
    },
  };
}

const toRow = (session: LoginSession): SessionRow => ({
  id: session.id,
  user_id: session.userId,
  access_hash: session.accessHash,
  access_expires_at: session.accessExpiresAt,
  refresh_hash: session.refreshHash,
  refresh_expires_at: session.refreshExpiresAt,
  created_at: session.createdAt,
});

const toSession = (row: SessionRow): LoginSession => ({
  id: row.id,
  userId: row.user_id,
  accessHash: row.access_hash,
  accessExpiresAt: row.access_expires_at,
  refreshHash: row.refresh_hash,
  refreshExpiresAt: row.refresh_expires_at,
  createdAt: row.created_at,
});
