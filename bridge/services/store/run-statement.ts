// One statement, run: its rows, or what it has changed. Plain data, which may pass between threads.
import type { QueryResult } from "kysely";
import type { CachedStatements } from "./statements.ts";

export interface StatementParts {
  readonly sql: string;
  readonly parameters: readonly unknown[];
}

/** Throws what SQLite throws. */
export function runStatement(
  statements: CachedStatements,
  { sql, parameters }: StatementParts,
): QueryResult<unknown> {
  const statement = statements.prepare(sql);
  if (statement.reader) return { rows: statement.all(...parameters) };
  const { changes, lastInsertRowid } = statement.run(...parameters);
  return { rows: [], numAffectedRows: BigInt(changes), insertId: BigInt(lastInsertRowid) };
}
