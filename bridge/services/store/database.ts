// The SQLite file: opened, made ready and brought to the current schema. What stops that is the operator's to
// change and ends the start with a sentence that names the file.
import { chmodSync } from "node:fs";
import SqliteFile from "better-sqlite3";
import { Kysely, SqliteDialect } from "kysely";
import type { Clock } from "#common";
import { databaseError } from "./database-errors.ts";
import { migrate } from "./migrate.ts";
import type { Database, Tables } from "./schema.ts";
import { registerFunctions } from "./sql-functions.ts";
import { CachedStatements } from "./statements.ts";

/** How long a query waits for another process that holds the file: a backup, an operator's shell. */
const busyTimeoutMs = 5000;

/**
 * `:memory:` is a database of its own that ends with the process. `onError` is told of every query that fails. Throws
 * a ParleyError: a DatabaseError, or DATABASE_LOCKED.
 */
export async function openDatabase(path: string, clock: Clock, onError = () => {}): Promise<Database> {
  const file = new CachedStatements(openFile(path));
  const database = new Kysely<Tables>({
    dialect: new SqliteDialect({ database: file }),
    log: ({ level }) => {
      if (level === "error") onError();
    },
  });
  try {
    await migrate(database, { path, clock });
    file.forgetAll();
  } catch (error) {
    await database.destroy();
    throw databaseError(path, error);
  }
  return database;
}

function openFile(path: string): SqliteFile.Database {
  let file: SqliteFile.Database | undefined;
  try {
    file = new SqliteFile(path, { timeout: busyTimeoutMs });
    // PINs are in it. The journal files take their mode from the database's.
    if (!file.memory) chmodSync(path, 0o600);
    file.pragma("journal_mode = WAL");
    // NORMAL would lose the last commits in a power cut. A room that the API has confirmed must be there
    // afterwards, and rooms change seldom enough for one fsync each.
    file.pragma("synchronous = FULL");
    file.pragma("foreign_keys = ON");
    registerFunctions(file);
    // Reading is possible where writing is not: who holds the file, or a disk that is read-only, shows here.
    file.exec("BEGIN IMMEDIATE; ROLLBACK");
    return file;
  } catch (error) {
    file?.close();
    throw databaseError(path, error, "open");
  }
}
