// The SQLite file as the daemon writes it: its mode, its journal, and whether it can be written at all.
import { chmodSync } from "node:fs";
import SqliteFile from "better-sqlite3";
import { registerFunctions } from "./sql-functions.ts";

/** How long a query waits for another process that holds the file: a backup, an operator's shell. */
const busyTimeoutMs = 5000;
/** Readers wait only for a process that mends the journal; they are in the thread that serves calls. */
const readerTimeoutMs = 500;

/** Throws what SQLite and the system throw. */
export function openForWriting(path: string): SqliteFile.Database {
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
    throw error;
  }
}

/** Beside the one that writes, which was opened before. Sees what was committed. Throws what SQLite throws. */
export function openForReading(path: string): SqliteFile.Database {
  const file = new SqliteFile(path, { readonly: true, timeout: readerTimeoutMs });
  registerFunctions(file);
  return file;
}
