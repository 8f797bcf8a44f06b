// Events in the database: one row each, in the order of their numbers.
import type { EventsRepository, EventType, LogEvent } from "#bridge/events";
import type { Database, EventRow } from "./schema.ts";

export function createEventsRepository(database: Database): EventsRepository {
  return {
    async insert(events) {
      await database.transaction().execute(async (transaction) => {
        for (const event of events) await transaction.insertInto("events").values(toRow(event)).execute();
      });
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

const toRow = ({ data, ...event }: LogEvent): EventRow => ({ ...event, data: JSON.stringify(data) });

const toEvent = ({ data, type, ...row }: EventRow): LogEvent => ({
  ...row,
  type: type as EventType,
  data: JSON.parse(data),
});
