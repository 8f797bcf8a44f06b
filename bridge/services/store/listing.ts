// How every table with an `id` is listed: filter, search, order and page. Sorts ids and reads the rows of one page
// afterwards, because what a sort carries along is most of what it costs.
import { type RawBuilder, type Selectable, type SqlBool, sql } from "kysely";
import type { ListQuery, Page, Selection } from "#common";
import { filterSql, orderSql, searchSql } from "./list-query-sql.ts";
import type { Database, Tables } from "./schema.ts";

export interface ListingOptions<Table extends keyof Tables, Item> {
  readonly table: Table;
  /** In the domain's spelling. */
  readonly searchFields: readonly string[];
  /** Of all rows, those that are listed at all. */
  readonly only?: RawBuilder<SqlBool>;
  /** Settles what a query's order leaves open, to the last row. */
  readonly order: RawBuilder<unknown>;
  readonly toItem: (row: Selectable<Tables[Table]>) => Item;
}

export interface Listing<Item> {
  list(query: ListQuery<string>): Promise<Page<Item>>;
  /** The ids of everything that matches, in order; at most `limit`. */
  ids(selection: Selection<string>, limit: number): Promise<string[]>;
}

export function createListing<Table extends keyof Tables, Item>(
  database: Database,
  options: ListingOptions<Table, Item>,
): Listing<Item> {
  type Row = Selectable<Tables[Table]>;
  const { searchFields, only, toItem } = options;
  const table = sql.table(options.table);

  const matching = ({ filter, search }: Selection<string>) => {
    const conditions = [
      ...(only ? [only] : []),
      ...(filter ? [filterSql(filter)] : []),
      ...(search ? [searchSql(search, searchFields)] : []),
    ];
    return conditions.length === 0
      ? sql`from ${table}`
      : sql`from ${table} where ${sql.join(conditions, sql` and `)}`;
  };
  const inOrder = ({ orderBy = [] }: Selection<string>) =>
    sql`order by ${sql.join([...orderSql(orderBy), options.order])}`;
  const sortedIds = (selection: Selection<string>, limit: number, skip = 0) =>
    sql<{ id: string }>`select id ${matching(selection)} ${inOrder(selection)} limit ${limit} offset ${skip}`;

  return {
    async list({ skip, top, ...selection }) {
      const counted = sql<{ count: number }>`select count(*) as count ${matching(selection)}`;
      const [{ count } = { count: 0 }] = (await counted.execute(database)).rows;
      const page = sortedIds(selection, top, skip);
      const read = sql<Row>`select * from ${table} where id in (${page}) ${inOrder(selection)}`;
      const { rows } = await read.execute(database);
      return { count: Number(count), items: rows.map(toItem) };
    },

    async ids(selection, limit) {
      const { rows } = await sortedIds(selection, limit).execute(database);
      return rows.map(({ id }) => id);
    },
  };
}
