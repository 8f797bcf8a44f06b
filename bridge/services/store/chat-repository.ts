// Chats in the database: messages under the numbers of their rooms, and what is known of files.
import type { MeetingId, MemberId, ParticipantId, RoomId } from "#common";
import type { ChatFile, ChatMessage, ChatRepository } from "#conference/chat";
import type { ChatFileRow, ChatMessageRow, Database } from "./schema.ts";

type JoinedRow = ChatMessageRow & {
  readonly file_name: string | null;
  readonly file_type: string | null;
  readonly file_size: number | null;
  readonly file_sha256: string | null;
};

export function createChatRepository(database: Database): ChatRepository {
  const newest = async (from: Database, room: RoomId): Promise<number> => {
    const { newest } = await from
      .selectFrom("chat_messages")
      .select(({ fn }) => fn.max("number").as("newest"))
      .where("room_id", "=", room)
      .executeTakeFirstOrThrow();
    return Number(newest ?? 0);
  };

  /** Messages of the room up to a number, with their files. Answers the files. */
  async function drop(from: Database, room: RoomId, upTo: number): Promise<string[]> {
    const rows = await from
      .deleteFrom("chat_messages")
      .where("room_id", "=", room)
      .where("number", "<=", upTo)
      .returning("file_id")
      .execute();
    const files = rows.flatMap(({ file_id }) => file_id ?? []);
    for (const id of files) await from.deleteFrom("chat_files").where("id", "=", id).execute();
    return files;
  }

  return {
    append(message, most) {
      return database.transaction().execute(async (transaction) => {
        const number = (await newest(transaction, message.room)) + 1;
        const numbered: ChatMessage = { ...message, number };
        await transaction.insertInto("chat_messages").values(toRow(numbered)).execute();
        if (message.file) {
          await transaction
            .updateTable("chat_files")
            .set({ state: "sent" })
            .where("id", "=", message.file.id)
            .execute();
        }
        return { message: numbered, dropped: await drop(transaction, message.room, number - most) };
      });
    },

    async messages(room, { after, before, limit }) {
      let query = database
        .selectFrom("chat_messages as message")
        .leftJoin("chat_files as file", "file.id", "message.file_id")
        .selectAll("message")
        .select(["file.name as file_name", "file.content_type as file_type"])
        .select(["file.size as file_size", "file.sha256 as file_sha256"])
        .where("message.room_id", "=", room)
        .limit(limit);
      if (before !== undefined) query = query.where("message.number", "<", before);
      if (after !== undefined) {
        const rows = await query
          .where("message.number", ">", after)
          .orderBy("message.number", "asc")
          .execute();
        return rows.map(toMessage);
      }
      const rows = await query.orderBy("message.number", "desc").execute();
      return rows.map(toMessage).reverse();
    },

    newest: (room) => newest(database, room),

    async insertFile(file) {
      await database.insertInto("chat_files").values(toFileRow(file)).execute();
    },

    async file(id) {
      const row = await database.selectFrom("chat_files").selectAll().where("id", "=", id).executeTakeFirst();
      return row && toFile(row);
    },

    async completeFile(id, sha256) {
      await database.updateTable("chat_files").set({ sha256, state: "ready" }).where("id", "=", id).execute();
    },

    async deleteFile(id) {
      await database.deleteFrom("chat_files").where("id", "=", id).execute();
    },

    async bytes(room) {
      let query = database.selectFrom("chat_files").select(({ fn }) => fn.sum("size").as("bytes"));
      if (room !== undefined) query = query.where("room_id", "=", room);
      return Number((await query.executeTakeFirstOrThrow()).bytes ?? 0);
    },

    async unsent(room, owner) {
      const { count } = await database
        .selectFrom("chat_files")
        .select(({ fn }) => fn.countAll().as("count"))
        .where("room_id", "=", room)
        .where("owner", "=", owner)
        .where("state", "!=", "sent")
        .executeTakeFirstOrThrow();
      return Number(count);
    },

    async unsentBefore(instant) {
      const rows = await database
        .selectFrom("chat_files")
        .select("id")
        .where("state", "!=", "sent")
        .where("created_at", "<", instant)
        .execute();
      return rows.map(({ id }) => id);
    },

    async fileIds() {
      return (await database.selectFrom("chat_files").select("id").execute()).map(({ id }) => id);
    },

    deleteRoom(room) {
      return database.transaction().execute(async (transaction) => {
        await transaction.deleteFrom("chat_messages").where("room_id", "=", room).execute();
        const rows = await transaction
          .deleteFrom("chat_files")
          .where("room_id", "=", room)
          .returning("id")
          .execute();
        return rows.map(({ id }) => id);
      });
    },

    async rooms() {
      const rows = await database
        .selectFrom("chat_messages")
        .select("room_id")
        .union(database.selectFrom("chat_files").select("room_id"))
        .execute();
      return rows.map(({ room_id }) => room_id as RoomId);
    },
  };
}

const toRow = ({ room, meeting, author, file, sentAt, ...message }: ChatMessage): ChatMessageRow => ({
  ...message,
  room_id: room,
  meeting_id: meeting,
  participant_id: author.participantId,
  member_id: author.memberId,
  user_id: author.userId,
  display_name: author.displayName,
  file_id: file?.id ?? null,
  sent_at: sentAt,
});

const toMessage = (row: JoinedRow): ChatMessage => ({
  id: row.id,
  room: row.room_id as RoomId,
  number: row.number,
  meeting: row.meeting_id as MeetingId | null,
  author: {
    displayName: row.display_name,
    participantId: row.participant_id as ParticipantId | null,
    memberId: row.member_id as MemberId | null,
    userId: row.user_id,
  },
  text: row.text,
  file:
    row.file_id === null || row.file_sha256 === null
      ? null
      : {
          id: row.file_id,
          name: row.file_name ?? "",
          contentType: row.file_type ?? "",
          size: row.file_size ?? 0,
          sha256: row.file_sha256,
        },
  sentAt: row.sent_at,
});

const toFileRow = ({ room, contentType, createdAt, ...file }: ChatFile): ChatFileRow => ({
  ...file,
  room_id: room,
  content_type: contentType,
  created_at: createdAt,
});

const toFile = ({ room_id, content_type, created_at, ...row }: ChatFileRow): ChatFile => ({
  ...row,
  room: room_id as RoomId,
  contentType: content_type,
  state: row.state,
  createdAt: created_at,
});
