// The SQLite file: opened, made ready and brought to the current schema. What stops that is the operator's to
// change and ends the start with a sentence that names the file.
import { type Dialect, Kysely, SqliteDialect } from "kysely";
import type { Clock } from "#common";
import { databaseError } from "./database-errors.ts";
import { fileDialect } from "./file-dialect.ts";
import { migrate } from "./migrate.ts";
import { openForReading, openForWriting } from "./open-file.ts";
import type { Database, Tables } from "./schema.ts";
import { CachedStatements } from "./statements.ts";
import { Writer } from "./writer.ts";

interface Opened {
  readonly dialect: Dialect;
  /** The schema has changed. */
  readonly forgetStatements: () => void;
}

/**
 * `:memory:` is a database of its own that ends with the process. `onError` is told of every query that fails. Throws
 * a ParleyError: a DatabaseError, or DATABASE_LOCKED.
 */
export async function openDatabase(path: string, clock: Clock, onError = () => {}): Promise<Database> {
  const { dialect, forgetStatements } = await open(path).catch((error: unknown) => {
    throw databaseError(path, error, "open");
  });
  const database = new Kysely<Tables>({
    dialect,
    log: ({ level }) => {
      if (level === "error") onError();
    },
  });
  try {
    await migrate(database, { path, clock });
    forgetStatements();
  } catch (error) {
    await database.destroy();
    throw databaseError(path, error);
  }
  return database;
}

async function open(path: string): Promise<Opened> {
  if (path === ":memory:") {
    const database = new CachedStatements(openForWriting(path));
    return { dialect: new SqliteDialect({ database }), forgetStatements: () => database.forgetAll() };
  }
  const writer = await Writer.open(path);
  try {
    const reader = new CachedStatements(openForReading(path));
    const forgetStatements = () => {
      reader.forgetAll();
      writer.forgetStatements();
    };
    return { dialect: fileDialect({ reader, writer }), forgetStatements };
  } catch (error) {
    await writer.close();
    throw error;
  }
}
