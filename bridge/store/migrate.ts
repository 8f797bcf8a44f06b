// Brings a database to the schema of this version: each migration in a transaction of its own, together with
// the line that says it was applied. A database from a newer version is refused untouched.
import type { Clock } from "#common";
import { migrations } from "./migrations/index.ts";
import type { Database } from "./schema.ts";

export async function migrate(database: Database, clock: Clock): Promise<void> {
  const known = migrations.at(-1)?.id ?? 0;
  const applied = await appliedVersion(database);
  if (applied > known) {
    throw new Error(`a newer version of Parley wrote it (schema ${applied}, this version knows ${known})`);
  }
  for (const { id, name, up } of migrations) {
    if (id <= applied) continue;
    await database.transaction().execute(async (transaction) => {
      await up(transaction);
      const appliedAt = new Date(clock.now()).toISOString();
      await transaction.insertInto("schema_migrations").values({ id, name, applied_at: appliedAt }).execute();
    });
  }
}

async function appliedVersion(database: Database): Promise<number> {
  await database.schema
    .createTable("schema_migrations")
    .ifNotExists()
    .addColumn("id", "integer", (column) => column.primaryKey())
    .addColumn("name", "text", (column) => column.notNull())
    .addColumn("applied_at", "text", (column) => column.notNull())
    .execute();
  const { version } = await database
    .selectFrom("schema_migrations")
    .select(({ fn }) => fn.max("id").as("version"))
    .executeTakeFirstOrThrow();
  return version ?? 0;
}
