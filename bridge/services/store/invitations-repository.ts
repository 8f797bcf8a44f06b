// Invitations in the database: the data that each room's invitees have got, and the outbox.

import type { MinuteCount, RoomId } from "#common";
import type { InvitationsRepository, Invited, QueuedMail } from "#services/mail-invites";
import type { Database, InvitedRow, OutboxRow } from "./schema.ts";
import { createSettingsRepository } from "./settings-repository.ts";

/** Mails written by one statement. */
const batch = 100;
/** The setting that has the mails of the last hour. */
const sentName = "outbox.sent";

export function createInvitationsRepository(database: Database): InvitationsRepository {
  const count = async (from: Database): Promise<number> => {
    const { count } = await from
      .selectFrom("outbox")
      .select(({ fn }) => fn.countAll().as("count"))
      .executeTakeFirstOrThrow();
    return Number(count);
  };
  const settings = createSettingsRepository(database);
  return {
    async invited(room) {
      const row = await database
        .selectFrom("invited")
        .selectAll()
        .where("room_id", "=", room)
        .executeTakeFirst();
      return row && toInvited(row);
    },

    async invitedRooms() {
      const rows = await database.selectFrom("invited").select("room_id").orderBy("room_id").execute();
      return rows.map(({ room_id }) => room_id as RoomId);
    },

    record(room, { invited, mails }, limit) {
      return database.transaction().execute(async (transaction) => {
        if (mails.length > 0 && (await count(transaction)) + mails.length > limit) return false;
        if (invited) {
          const { room_id, ...values } = toInvitedRow(invited);
          await transaction
            .insertInto("invited")
            .values({ room_id, ...values })
            .onConflict((conflict) => conflict.column("room_id").doUpdateSet(values))
            .execute();
        } else {
          await transaction.deleteFrom("invited").where("room_id", "=", room).execute();
        }
        for (let from = 0; from < mails.length; from += batch) {
          const rows = mails.slice(from, from + batch).map(toRow);
          const recipients = rows.map(({ recipient }) => recipient);
          await transaction
            .deleteFrom("outbox")
            .where("room_id", "=", room)
            .where("recipient", "in", recipients)
            .execute();
          await transaction.insertInto("outbox").values(rows).execute();
        }
        return true;
      });
    },

    async next() {
      const row = await database
        .selectFrom("outbox")
        .selectAll()
        .orderBy("due_at")
        .orderBy("id")
        .limit(1)
        .executeTakeFirst();
      return row && toWaiting(row);
    },

    waiting: () => count(database),

    async postpone(id, attempts, dueAt) {
      await database.updateTable("outbox").set({ attempts, due_at: dueAt }).where("id", "=", id).execute();
    },

    async remove(id) {
      await database.deleteFrom("outbox").where("id", "=", id).execute();
    },

    async sent() {
      const row = await settings.get(sentName);
      return row === undefined ? [] : (JSON.parse(row) as MinuteCount[]);
    },

    keepSent: (counts) => settings.set(sentName, JSON.stringify(counts)),
  };
}

const toInvitedRow = ({ room, revision, meeting, recipients }: Invited): InvitedRow => ({
  room_id: room,
  revision,
  meeting: JSON.stringify(meeting),
  recipients: JSON.stringify(recipients),
});

const toInvited = (row: InvitedRow): Invited => ({
  room: row.room_id as RoomId,
  revision: row.revision,
  meeting: JSON.parse(row.meeting),
  recipients: JSON.parse(row.recipients),
});

const toRow = ({ id, recipient, mail, attempts, dueAt }: QueuedMail): OutboxRow => ({
  ...{ id, recipient, attempts },
  room_id: mail.room,
  letter: JSON.stringify(mail),
  due_at: dueAt,
});

const toWaiting = ({ id, recipient, letter, attempts, due_at }: OutboxRow): QueuedMail => ({
  ...{ id, recipient, attempts },
  mail: JSON.parse(letter),
  dueAt: due_at,
});
