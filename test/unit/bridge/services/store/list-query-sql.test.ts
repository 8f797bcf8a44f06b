import Database from "better-sqlite3";
import fc from "fast-check";
import { Kysely, SqliteDialect, sql } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";
import { compareRows, type ListRow, matchesFilter, matchesSearch } from "#common";
import { toSnake } from "../../../../../api/wire.ts";
import {
  type RoomListField,
  roomListFields,
  roomSearchFields,
} from "../../../../../bridge/conference/rooms/records/list-fields.ts";
import { filterSql, orderSql, searchSql } from "../../../../../bridge/services/store/list-query-sql.ts";
import { registerFunctions } from "../../../../../bridge/services/store/sql-functions.ts";
import { anyFilter, anyOrder, anyRow, anySearch } from "../../../api/support/filters.ts";

const names = Object.keys(roomListFields) as RoomListField[];

type Row = Record<string, unknown>;

let db: Kysely<{ rooms: Row }>;

beforeAll(async () => {
  const file = new Database(":memory:");
  registerFunctions(file);
  db = new Kysely({ dialect: new SqliteDialect({ database: file }) });
  await sql.raw(`create table rooms (place integer, ${names.map(toSnake).join(", ")})`).execute(db);
});

afterAll(() => db.destroy());

async function store(rows: readonly ListRow<RoomListField>[]): Promise<void> {
  await db.deleteFrom("rooms").execute();
  const stored = rows.map((row, place) => ({
    place,
    ...Object.fromEntries(names.map((name) => [toSnake(name), storable(row[name])])),
  }));
  await db.insertInto("rooms").values(stored).execute();
}

const storable = (value: unknown) => (typeof value === "boolean" ? Number(value) : value);

const places = (found: readonly { place: unknown }[]) => found.map(({ place }) => place);

const someRows = fc.array(anyRow, { minLength: 1, maxLength: 8 });

test("SQL and memory agree on which rows a filter matches", async () => {
  await fc.assert(
    fc.asyncProperty(someRows, fc.array(anyFilter, { minLength: 5, maxLength: 5 }), async (rows, filters) => {
      await store(rows);
      for (const filter of filters) {
        const found = await db
          .selectFrom("rooms")
          .select("place")
          .where(filterSql(filter))
          .orderBy("place")
          .execute();
        expect(places(found)).toEqual(
          rows.flatMap((row, place) => (matchesFilter(filter, row) ? [place] : [])),
        );
      }
    }),
  );
});

test("SQL and memory agree on which rows a search finds", async () => {
  await fc.assert(
    fc.asyncProperty(someRows, anySearch, async (rows, search) => {
      await store(rows);
      const found = await db
        .selectFrom("rooms")
        .select("place")
        .where(searchSql(search, roomSearchFields))
        .orderBy("place")
        .execute();
      expect(places(found)).toEqual(
        rows.flatMap((row, place) => (matchesSearch(search, row, roomSearchFields) ? [place] : [])),
      );
    }),
  );
});

test("SQL and memory agree on the order", async () => {
  await fc.assert(
    fc.asyncProperty(someRows, anyOrder, async (rows, order) => {
      await store(rows);
      let query = db.selectFrom("rooms").select("place");
      for (const key of orderSql(order)) query = query.orderBy(key);
      const found = await query.orderBy("place").execute();
      const sorted = rows
        .map((row, place) => ({ row, place }))
        .sort((a, b) => compareRows(order, a.row, b.row));
      expect(places(found)).toEqual(places(sorted));
    }),
  );
});
