// Events in the database: one row each, in the order of their numbers.
import {
  type EventData,
  type EventsRepository,
  type EventType,
  type LogEvent,
  type OpenKind,
  openChangeOf,
  participantEvents,
} from "#services/events";
import type { Database, EventRow } from "./schema.ts";

export function createEventsRepository(database: Database): EventsRepository {
  return {
    async insert(events) {
      await database.transaction().execute(async (transaction) => {
        for (const event of events) {
          await transaction.insertInto("events").values(toRow(event)).execute();
          await noteRoom(transaction, event);
          await noteOpen(transaction, event);
        }
      });
    },

    async loggedRooms() {
      const rows = await database.selectFrom("told_rooms").selectAll().execute();
      return rows.map(({ data, locked, muted }) => ({
        room: JSON.parse(data),
        locked: locked !== 0,
        muted: muted !== 0,
      }));
    },

    async open() {
      const rows = await database.selectFrom("told_open").selectAll().orderBy("seq").execute();
      const people = rows.flatMap(({ kind, id, seq }) => (kind === "participant" ? [{ id, seq }] : []));
      const newest = await newestOf(database, people);
      return rows.map(({ kind, data, ...row }) => ({
        ...row,
        kind: kind as OpenKind,
        data: JSON.parse((kind === "participant" && newest.get(row.id)) || data),
      }));
    },

    async read(after, limit) {
      const rows = await database
        .selectFrom("events")
        .selectAll()
        .where("seq", ">", after)
        .orderBy("seq")
        .limit(limit)
        .execute();
      return rows.map(toEvent);
    },

    async bounds() {
      const { oldest, newest } = await database
        .selectFrom("events")
        .select(({ fn }) => [fn.min("seq").as("oldest"), fn.max("seq").as("newest")])
        .executeTakeFirstOrThrow();
      return oldest === null || newest === null ? undefined : { oldest, newest };
    },

    async lastBefore(instant) {
      const row = await database
        .selectFrom("events")
        .select("seq")
        .where("time", "<", instant)
        .orderBy("time", "desc")
        .limit(1)
        .executeTakeFirst();
      return row?.seq;
    },

    async forget(seq) {
      await database.deleteFrom("events").where("seq", "<=", seq).execute();
    },
  };
}

/** In the transaction of the event itself. */
async function noteRoom(transaction: Database, event: LogEvent): Promise<void> {
  switch (event.type) {
    case "room.created":
    case "room.updated": {
      const { room } = event.data as EventData<"room.created">;
      const values = { revision: room.revision, data: JSON.stringify(room) };
      await transaction
        .insertInto("told_rooms")
        .values({ room_id: room.id, ...values })
        .onConflict((conflict) => conflict.column("room_id").doUpdateSet(values))
        .execute();
      return;
    }
    case "room.deleted": {
      const { room } = event.data as EventData<"room.deleted">;
      await transaction.deleteFrom("told_rooms").where("room_id", "=", room.id).execute();
      return;
    }
    case "room.locked":
    case "room.unlocked":
      return noteSwitch(transaction, event, { locked: Number(event.type === "room.locked") });
    case "room.muted":
    case "room.unmuted":
      return noteSwitch(transaction, event, { muted: Number(event.type === "room.muted") });
    default:
      return;
  }
}

/** The data of the last event that says how each of them is, by their ids; without those whose events are forgotten. */
async function newestOf(
  database: Database,
  people: readonly { readonly id: string; readonly seq: number }[],
): Promise<ReadonlyMap<string, string>> {
  if (people.length === 0) return new Map();
  const first = people.reduce((least, { seq }) => Math.min(least, seq), Number.MAX_SAFE_INTEGER);
  const newest = database
    .selectFrom("events")
    .select(({ fn }) => fn.max("seq").as("seq"))
    .where("seq", ">=", first)
    .where(
      "participant",
      "in",
      people.map(({ id }) => id),
    )
    .where("type", "in", [...participantEvents])
    .groupBy("participant");
  const rows = await database
    .selectFrom("events")
    .select(["participant", "data"])
    .where("seq", "in", newest)
    .execute();
  return new Map(rows.map(({ participant, data }) => [participant ?? "", data]));
}

/** In the transaction of the event itself. */
async function noteOpen(transaction: Database, event: LogEvent): Promise<void> {
  const change = openChangeOf(event);
  switch (change?.kind) {
    case undefined:
      return;
    case "open": {
      const { kind, id, data, ...rest } = change.event;
      const values = { ...rest, data: JSON.stringify(data) };
      await transaction
        .insertInto("told_open")
        .values({ kind, id, ...values })
        .onConflict((conflict) => conflict.columns(["kind", "id"]).doUpdateSet(values))
        .execute();
      return;
    }
    case "close":
      await transaction
        .deleteFrom("told_open")
        .where("kind", "=", change.of)
        .where("id", "=", change.id)
        .execute();
      return;
    case "left":
      await transaction.deleteFrom("told_open").where("participant", "=", change.participant).execute();
  }
}

async function noteSwitch(
  transaction: Database,
  { room }: LogEvent,
  told: { readonly locked: number } | { readonly muted: number },
): Promise<void> {
  if (room === null) return;
  await transaction.updateTable("told_rooms").set(told).where("room_id", "=", room).execute();
}

const toRow = ({ data, ...event }: LogEvent): EventRow => ({ ...event, data: JSON.stringify(data) });

const toEvent = ({ data, type, ...row }: EventRow): LogEvent => ({
  ...row,
  type: type as EventType,
  data: JSON.parse(data),
});
