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

export interface DatabaseOptions {
  /** What writes runs in a thread of its own, for a process that has no time to wait for the disk. */
  readonly inThread?: boolean;
  /** Is told of every query that fails. */
  readonly onError?: () => void;
}

/**
 * `:memory:` is a database of its own that ends with the process. Throws a ParleyError: a DatabaseError, or
 * DATABASE_LOCKED.
 */
export async function openDatabase(
  path: string,
  clock: Clock,
  { inThread = false, onError = () => {} }: DatabaseOptions = {},
): Promise<Database> {
  const { dialect, forgetStatements } = await open(path, inThread).catch((error: unknown) => {
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

async function open(path: string, inThread: boolean): Promise<Opened> {
  if (!inThread) {
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
