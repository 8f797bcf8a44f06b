// A SQLite file whose prepared statements are kept for the next time: for the look-up of a room, preparing costs
// several times what running does. Bounded, because filters make statements of their own.
import type { Database, Statement } from "better-sqlite3";
import type { SqliteDatabase } from "kysely";
import { BoundedMap } from "#common";

const maxStatements = 100;

export class CachedStatements implements SqliteDatabase {
  readonly #file: Database;
  readonly #statements = new BoundedMap<string, Statement<unknown[]>>({ most: maxStatements });

  constructor(file: Database) {
    this.#file = file;
  }

  /** What was used longest ago makes room. */
  prepare(sql: string): Statement<unknown[]> {
    // A full disk has SQLite roll back by itself; a second time would fail and hide why.
    if (sql === "rollback" && !this.#file.inTransaction)
      return this.#file.prepare<unknown[]>("select 1 where 0");
    const statement = this.#statements.get(sql) ?? this.#file.prepare<unknown[]>(sql);
    this.#statements.set(sql, statement);
    return statement;
  }

  /** After a change of the schema. */
  forgetAll(): void {
    this.#statements.clear();
  }

  close(): void {
    this.forgetAll();
    this.#file.close();
  }
}
