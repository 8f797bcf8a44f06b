// Brings a database to the schema of this version: each migration in a transaction of its own, together with
// the line that says it was applied. A database from a newer version is refused untouched.
import type { Clock } from "#common";
import { newerSchemaError } from "./database-errors.ts";
import { migrations } from "./migrations/index.ts";
import type { Database } from "./schema.ts";

interface MigrationOptions {
  /** Of the file, for what is said. */
  readonly path: string;
  readonly clock: Clock;
}

/** Throws a DatabaseError when a newer version wrote it. */
export async function migrate(database: Database, { path, clock }: MigrationOptions): Promise<void> {
  const known = migrations.at(-1)?.id ?? 0;
  const applied = await appliedMigrations(database);
  const latest = Math.max(0, ...applied);
  if (latest > known) throw newerSchemaError(path, latest, known);
  for (const { id, name, up } of migrations) {
    if (applied.has(id)) continue;
    await database.transaction().execute(async (transaction) => {
      await up(transaction);
      const appliedAt = new Date(clock.now()).toISOString();
      await transaction.insertInto("schema_migrations").values({ id, name, applied_at: appliedAt }).execute();
    });
  }
}

async function appliedMigrations(database: Database): Promise<ReadonlySet<number>> {
  await database.schema
    .createTable("schema_migrations")
    .ifNotExists()
    .addColumn("id", "integer", (column) => column.primaryKey())
    .addColumn("name", "text", (column) => column.notNull())
    .addColumn("applied_at", "text", (column) => column.notNull())
    .execute();
  const rows = await database.selectFrom("schema_migrations").select("id").execute();
  return new Set(rows.map(({ id }) => id));
}
