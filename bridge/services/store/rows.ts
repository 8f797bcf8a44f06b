// What every table with an `id` is asked for in the same way: one row, a change of it, its removal.
import { type Selectable, sql } from "kysely";
import type { Database, Tables } from "./schema.ts";

type TableWithId = {
  [Name in keyof Tables]: Tables[Name] extends { readonly id: string } ? Name : never;
}[keyof Tables];

export interface Rows<Row> {
  get(id: string): Promise<Row | undefined>;
  /** Sets these columns, at least one; false when there is no such row. */
  update(id: string, columns: Partial<Row>): Promise<boolean>;
  /** False when there is no such row. */
  delete(id: string): Promise<boolean>;
}

export function rowsOf<Name extends TableWithId>(
  database: Database,
  name: Name,
): Rows<Selectable<Tables[Name]>> {
  type Row = Selectable<Tables[Name]>;
  const table = sql.table(name);
  return {
    async get(id) {
      const { rows } = await sql<Row>`select * from ${table} where id = ${id}`.execute(database);
      return rows[0];
    },

    async update(id, columns) {
      const changes = Object.entries(columns).map(([column, value]) => sql`${sql.ref(column)} = ${value}`);
      const changed = await sql`update ${table} set ${sql.join(changes)} where id = ${id}`.execute(database);
      return changed.numAffectedRows === 1n;
    },

    async delete(id) {
      const deleted = await sql`delete from ${table} where id = ${id}`.execute(database);
      return deleted.numAffectedRows === 1n;
    },
  };
}

/** `database`: or a transaction. */
export async function countRows(database: Database, name: keyof Tables): Promise<number> {
  const counted = sql<{ count: number | string }>`select count(*) as count from ${sql.table(name)}`;
  const { rows } = await counted.execute(database);
  return Number(rows[0]?.count);
}
