// The database file as commands use it beside or without the daemon: it is read, copied and checked, and its schema is
// never changed.
import { existsSync } from "node:fs";
import SqliteFile from "better-sqlite3";
import { Kysely, SqliteDialect } from "kysely";
import { errorMessage, StartError } from "#common";
import type { Room } from "#conference/rooms";
import { DatabaseError, damagedError, databaseError, newerSchemaError } from "./database-errors.ts";
import { migrations } from "./migrations/index.ts";
import { createRoomsRepository } from "./rooms-repository.ts";
import type { Tables } from "./schema.ts";
import { CachedStatements } from "./statements.ts";

/** The schema that this version of Parley writes. */
export const knownSchema = migrations.at(-1)?.id ?? 0;

const busyTimeoutMs = 5000;
const pageSize = 100;

/** Throws a ParleyError when the file is no database of Parley. */
export function schemaOf(path: string): number {
  return reading(path, (file) => {
    const row = file.prepare("SELECT max(id) AS schema FROM schema_migrations").get();
    return (row as { schema: number | null }).schema ?? 0;
  });
}

/** The schema that this version would change; undefined where there is nothing to change. Throws a ParleyError. */
export function outdatedSchema(path: string): number | undefined {
  const hasSchema = reading(path, (file) =>
    file.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'schema_migrations'").get(),
  );
  const schema = hasSchema ? schemaOf(path) : 0;
  return schema > 0 && schema < knownSchema ? schema : undefined;
}

/**
 * Throws a ParleyError when the file is damaged, no database of Parley, or, unless `anySchema`, one of a newer version.
 */
export function checkDatabase(path: string, { anySchema = false } = {}): void {
  const schema = schemaOf(path);
  if (schema > knownSchema && !anySchema) throw newerSchemaError(path, schema, knownSchema);
  const detail = damageOf(path, "quick");
  if (detail !== undefined) throw damagedError(path, detail);
}

const checks = { quick: "quick_check(1)", full: "integrity_check(1)" } as const;

/**
 * What SQLite says of the first fault; undefined when there is none. Takes as long as reading the whole file. Throws a
 * ParleyError when it cannot be opened.
 */
export function damageOf(path: string, depth: "quick" | "full"): string | undefined {
  try {
    const answer = reading(path, (file) => file.pragma(checks[depth], { simple: true }));
    return answer === "ok" ? undefined : String(answer);
  } catch (error) {
    if (error instanceof DatabaseError && error.fault === "damaged") return errorMessage(error.cause);
    throw error;
  }
}

/** Milliseconds since the epoch; undefined where there is no event, or no database that can be read. */
export function lastEventAt(path: string): number | undefined {
  if (!existsSync(path)) return undefined;
  try {
    return reading(path, (file) => {
      const row = file.prepare("SELECT time FROM events ORDER BY seq DESC LIMIT 1").get();
      const time = Date.parse((row as { time: string } | undefined)?.time ?? "");
      return Number.isNaN(time) ? undefined : time;
    });
  } catch {
    // A fault of the file is reported when it is opened.
    return undefined;
  }
}

/** A consistent copy in one file, also while the daemon writes. `to` must not exist. */
export function copyDatabase(from: string, to: string): void {
  reading(from, (file) => file.prepare("VACUUM INTO ?").run(to));
}

/** Every room, in the order in which they were made. */
export async function roomsAtRest(path: string): Promise<readonly Room[]> {
  requireKnownSchema(path);
  const rooms: Room[] = [];
  const database = kysely(open(path));
  try {
    const repository = createRoomsRepository(database);
    for (;;) {
      const { count, items } = await repository.list({ skip: rooms.length, top: pageSize });
      rooms.push(...items);
      if (items.length === 0 || rooms.length >= count) return rooms;
    }
  } finally {
    await database.destroy();
  }
}

function requireKnownSchema(path: string): void {
  const schema = schemaOf(path);
  if (schema === knownSchema) return;
  const which = schema > knownSchema ? "a newer" : "an older";
  throw new StartError(
    `${path} is of ${which} version of Parley (schema ${schema}, this version knows ${knownSchema})`,
  );
}

function reading<T>(path: string, read: (file: SqliteFile.Database) => T): T {
  let file: SqliteFile.Database | undefined;
  try {
    file = open(path);
    return read(file);
  } catch (error) {
    throw databaseError(path, error);
  } finally {
    file?.close();
  }
}

function open(path: string): SqliteFile.Database {
  if (!existsSync(path)) throw new StartError(`there is no database ${path}`);
  return new SqliteFile(path, { readonly: true, fileMustExist: true, timeout: busyTimeoutMs });
}

const kysely = (file: SqliteFile.Database) =>
  new Kysely<Tables>({ dialect: new SqliteDialect({ database: new CachedStatements(file) }) });
