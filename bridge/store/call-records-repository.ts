// Call records in the database: one row each, with a column for every field under its own name in snake_case.
import {
  type CallRecord,
  type CallRecordSelection,
  type CallRecordsRepository,
  callSearchFields,
  type KeptCall,
} from "#bridge/cdr";
import type { CallId } from "#common";
import { filterSql, orderSql, searchSql } from "./list-query-sql.ts";
import type { CallRecordRow, Database } from "./schema.ts";

export function createCallRecordsRepository(database: Database): CallRecordsRepository {
  /** Calls that last are nobody's record yet. */
  const matching = ({ filter, search }: CallRecordSelection) => {
    let rows = database.selectFrom("call_records").where("ended_at", "is not", null);
    if (filter) rows = rows.where(filterSql(filter));
    if (search) rows = rows.where(searchSql(search, callSearchFields));
    return rows;
  };

  return {
    async put(records) {
      await database.transaction().execute(async (transaction) => {
        for (const record of records) {
          const { id, ...values } = toRow(record);
          await transaction
            .insertInto("call_records")
            .values({ id, ...values })
            .onConflict((conflict) => conflict.column("id").doUpdateSet(values))
            .execute();
        }
      });
    },

    async closeOpen({ endedAt, endedBy, duration, result, status, reason }) {
      const { numUpdatedRows } = await database
        .updateTable("call_records")
        .set({ ended_at: endedAt, ended_by: endedBy, duration, result, status, reason })
        .where("ended_at", "is", null)
        .executeTakeFirstOrThrow();
      return Number(numUpdatedRows);
    },

    async forgetBefore(instant, limit) {
      const old = database
        .selectFrom("call_records")
        .select("id")
        .where("started_at", "<", instant)
        .where("ended_at", "is not", null)
        .orderBy("started_at")
        .limit(limit);
      const { numDeletedRows } = await database
        .deleteFrom("call_records")
        .where("id", "in", old)
        .executeTakeFirstOrThrow();
      return Number(numDeletedRows);
    },

    async list({ skip, top, orderBy = [], ...selection }) {
      const { count } = await matching(selection)
        .select(({ fn }) => fn.countAll().as("count"))
        .executeTakeFirstOrThrow();
      // The ids are sorted first: what a sort carries along is most of what it costs.
      const page = matching(selection)
        .select("id")
        .$call((query) => orderSql(orderBy).reduce((sorted, key) => sorted.orderBy(key), query))
        .orderBy("started_at", "desc")
        .orderBy("id")
        .limit(top)
        .offset(skip);
      const rows = await database
        .selectFrom("call_records")
        .selectAll()
        .where("id", "in", page)
        .$call((query) => orderSql(orderBy).reduce((sorted, key) => sorted.orderBy(key), query))
        .orderBy("started_at", "desc")
        .orderBy("id")
        .execute();
      return { count: Number(count), items: rows.map(toRecord) };
    },

    async get(id) {
      const row = await matching({}).selectAll().where("id", "=", id).executeTakeFirst();
      return row && toRecord(row);
    },

    async ids({ orderBy = [], ...selection }, limit) {
      const rows = await matching(selection)
        .select("id")
        .$call((query) => orderSql(orderBy).reduce((sorted, key) => sorted.orderBy(key), query))
        .orderBy("started_at", "desc")
        .orderBy("id")
        .limit(limit)
        .execute();
      return rows.map(({ id }) => id as CallId);
    },

    async read(ids) {
      if (ids.length === 0) return [];
      const rows = await matching({}).selectAll().where("id", "in", ids).execute();
      const found = new Map(rows.map((row) => [row.id, row]));
      return ids.flatMap((id) => {
        const row = found.get(id);
        return row ? [toRecord(row)] : [];
      });
    },
  };
}

const toRow = (record: KeptCall): CallRecordRow =>
  respelled(record, (name) =>
    name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
  ) as CallRecordRow;

// The words in a row were checked before they were written.
const toRecord = (row: CallRecordRow): CallRecord =>
  respelled(row, (name) =>
    name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
  ) as CallRecord;

function respelled(fields: object, spell: (name: string) => string): unknown {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [spell(name), value]));
}
