// Call records in the database: one row each, with a column for every field under its own name in snake_case.
import { sql } from "kysely";
import type { CallId } from "#common";
import {
  type CallRecord,
  type CallRecordsRepository,
  callSearchFields,
  type StoredCall,
} from "#services/call-records";
import { createListing } from "./listing.ts";
import type { CallRecordRow, Database } from "./schema.ts";

export function createCallRecordsRepository(database: Database): CallRecordsRepository {
  const listing = createListing(database, {
    table: "call_records",
    searchFields: callSearchFields,
    only: sql`ended_at is not null`,
    order: sql`started_at desc, id`,
    toItem: toRecord,
  });

  /** Calls that last have no complete record yet. */
  const over = () => database.selectFrom("call_records").where("ended_at", "is not", null);

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

    async closeOpen({ endedAt, endedBy, duration, result, status, reason }, except) {
      const all = database
        .updateTable("call_records")
        .set({ ended_at: endedAt, ended_by: endedBy, duration, result, status, reason })
        .where("ended_at", "is", null);
      const { numUpdatedRows } = await (except.size === 0
        ? all
        : all.where("id", "not in", [...except])
      ).executeTakeFirstOrThrow();
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

    list: (query) => listing.list(query),

    async get(id) {
      const row = await over().selectAll().where("id", "=", id).executeTakeFirst();
      return row && toRecord(row);
    },

    ids: (selection, limit) => listing.ids(selection, limit) as Promise<CallId[]>,

    async read(ids) {
      if (ids.length === 0) return [];
      const rows = await over().selectAll().where("id", "in", ids).execute();
      const found = new Map(rows.map((row) => [row.id, row]));
      return ids.flatMap((id) => {
        const row = found.get(id);
        return row ? [toRecord(row)] : [];
      });
    },
  };
}

const toRow = (record: StoredCall): CallRecordRow =>
  respell(record, (name) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)) as CallRecordRow;

// The words in a row were checked before they were written.
const toRecord = (row: CallRecordRow): CallRecord =>
  respell(row, (name) =>
    name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
  ) as CallRecord;

function respell(fields: object, spell: (name: string) => string): unknown {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [spell(name), value]));
}
