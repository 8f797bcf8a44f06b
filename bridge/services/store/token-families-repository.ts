// Refresh tokens of members of rooms in the database, gone with the member.
import type { MemberId, RoomId } from "#common";
import type { TokenFamiliesRepository, TokenFamily } from "#services/provisioning";
import { falseIfReferenceGone } from "./database-errors.ts";
import type { Database, TokenFamilyRow } from "./schema.ts";

export function createTokenFamiliesRepository(database: Database): TokenFamiliesRepository {
  return {
    insert(family, { limit, now }) {
      return falseIfReferenceGone(
        database.transaction().execute(async (transaction) => {
          await transaction.deleteFrom("token_families").where("refresh_expires_at", "<=", now).execute();
          await transaction.insertInto("token_families").values(toRow(family)).execute();
          const beyond = transaction
            .selectFrom("token_families")
            .select("id")
            .where("room_id", "=", family.roomId)
            .where("member_id", "=", family.memberId)
            .orderBy("created_at", "desc")
            .orderBy("id")
            .limit(1_000_000)
            .offset(limit);
          await transaction.deleteFrom("token_families").where("id", "in", beyond).execute();
        }),
      );
    },

    async get(id) {
      const row = await database
        .selectFrom("token_families")
        .selectAll()
        .where("id", "=", id)
        .executeTakeFirst();
      return row && toFamily(row);
    },

    async rotate(family, usedRefreshHash) {
      const { refresh_hash, refresh_expires_at, access_expires_at } = toRow(family);
      const { numUpdatedRows } = await database
        .updateTable("token_families")
        .set({ refresh_hash, refresh_expires_at, access_expires_at })
        .where("id", "=", family.id)
        .where("refresh_hash", "=", usedRefreshHash)
        .executeTakeFirstOrThrow();
      return numUpdatedRows === 1n;
    },

    async delete(id) {
      const { numDeletedRows } = await database
        .deleteFrom("token_families")
        .where("id", "=", id)
        .executeTakeFirstOrThrow();
      return numDeletedRows === 1n;
    },

    async holders(room, now) {
      const rows = await database
        .selectFrom("token_families")
        .select("member_id")
        .distinct()
        .where("room_id", "=", room)
        .where("access_expires_at", ">", now)
        .execute();
      return rows.map(({ member_id }) => member_id as MemberId);
    },
  };
}

const toRow = (family: TokenFamily): TokenFamilyRow => ({
  id: family.id,
  room_id: family.roomId,
  member_id: family.memberId,
  refresh_hash: family.refreshHash,
  refresh_expires_at: family.refreshExpiresAt,
  access_expires_at: family.accessExpiresAt,
  created_at: family.createdAt,
});

const toFamily = (row: TokenFamilyRow): TokenFamily => ({
  id: row.id,
  roomId: row.room_id as RoomId,
  memberId: row.member_id as MemberId,
  refreshHash: row.refresh_hash,
  refreshExpiresAt: row.refresh_expires_at,
  accessExpiresAt: row.access_expires_at,
  createdAt: row.created_at,
});
