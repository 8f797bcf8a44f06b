// The members of rooms in the database: one row each, gone with their room.
import type { MemberId, ParticipantId, RoomId } from "#common";
import type { Member, MemberKey, MembersRepository } from "#conference/members";
import type { BaseRole } from "#conference/rooms";
import { isForeignKeyViolation, isUniqueViolation } from "./database-errors.ts";
import type { Database, MemberRow } from "./schema.ts";

export function createMembersRepository(database: Database): MembersRepository {
  const count = async (from: Database, room: RoomId): Promise<number> => {
    const { count } = await from
      .selectFrom("members")
      .select(({ fn }) => fn.countAll().as("count"))
      .where("room_id", "=", room)
      .executeTakeFirstOrThrow();
    return Number(count);
  };

  return {
    async insert(room, members, limit) {
      try {
        return await database.transaction().execute(async (transaction) => {
          if ((await count(transaction, room)) + members.length > limit) return "full";
          await transaction.insertInto("members").values(members.map(toRow)).execute();
          return "inserted";
        });
      } catch (error) {
        if (isUniqueViolation(error)) return "taken";
        if (isForeignKeyViolation(error)) return "no room";
        throw error;
      }
    },

    async find(room, key) {
      const [column, value] = columnOf(key);
      const row = await database
        .selectFrom("members")
        .selectAll()
        .where("room_id", "=", room)
        .where(column, "=", value)
        .executeTakeFirst();
      return row && toMember(row);
    },

    count: (room) => count(database, room),

    async countAdmins(room) {
      const { count } = await database
        .selectFrom("members")
        .select(({ fn }) => fn.countAll().as("count"))
        .where("room_id", "=", room)
        .where("base_role", "=", "moderator")
        .where("user_id", "is not", null)
        .executeTakeFirstOrThrow();
      return Number(count);
    },

    async list(room, { after, top }) {
      const all = database.selectFrom("members").selectAll().where("room_id", "=", room);
      const rest = after
        ? all.where(({ eb, and, or }) =>
            or([
              eb("created_at", ">", after.createdAt),
              and([eb("created_at", "=", after.createdAt), eb("id", ">", after.id)]),
            ]),
          )
        : all;
      return (await rest.orderBy("created_at").orderBy("id").limit(top).execute()).map(toMember);
    },

    async ofUser(userId, limit) {
      const rows = await database
        .selectFrom("members")
        .selectAll()
        .where("user_id", "=", userId)
        .orderBy("created_at", "desc")
        .orderBy("room_id")
        .limit(limit)
        .execute();
      return rows.map(toMember);
    },

    async users() {
      const rows = await database
        .selectFrom("members")
        .select("user_id")
        .distinct()
        .where("user_id", "is not", null)
        .execute();
      return rows.flatMap(({ user_id }) => user_id ?? []);
    },

    async update(member) {
      const { name, base_role, permissions, archived } = toRow(member);
      const { numUpdatedRows } = await database
        .updateTable("members")
        .set({ name, base_role, permissions, archived })
        .where("room_id", "=", member.roomId)
        .where("id", "=", member.id)
        .executeTakeFirstOrThrow();
      return numUpdatedRows === 1n;
    },

    async delete(room, id) {
      const { numDeletedRows } = await database
        .deleteFrom("members")
        .where("room_id", "=", room)
        .where("id", "=", id)
        .executeTakeFirstOrThrow();
      return numDeletedRows === 1n;
    },
  };
}

function columnOf(key: MemberKey) {
  if ("id" in key) return ["id", key.id] as const;
  if ("userId" in key) return ["user_id", key.userId] as const;
  if ("externalUserId" in key) return ["external_user_id", key.externalUserId] as const;
  if ("linkSecret" in key) return ["link_secret", key.linkSecret] as const;
  return ["participant_id", key.participantId] as const;
}

const toRow = (member: Member): MemberRow => ({
  room_id: member.roomId,
  id: member.id,
  participant_id: member.participantId,
  name: member.name,
  user_id: member.userId,
  external_user_id: member.externalUserId,
  base_role: member.baseRole,
  permissions: JSON.stringify(member.customPermissions),
  link_secret: member.linkSecret,
  archived: Number(member.archived),
  created_at: member.createdAt,
});

const toMember = (row: MemberRow): Member => ({
  id: row.id as MemberId,
  participantId: row.participant_id as ParticipantId,
  roomId: row.room_id as RoomId,
  name: row.name,
  userId: row.user_id,
  externalUserId: row.external_user_id,
  baseRole: row.base_role as BaseRole,
  customPermissions: JSON.parse(row.permissions),
  linkSecret: row.link_secret,
  archived: row.archived !== 0,
  createdAt: row.created_at,
});
