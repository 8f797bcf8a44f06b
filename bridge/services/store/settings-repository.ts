// Settings by name, as text.
import type { Database } from "./schema.ts";

export interface SettingsRepository {
  get(name: string): Promise<string | undefined>;
  set(name: string, value: string): Promise<void>;
}

export function createSettingsRepository(database: Database): SettingsRepository {
  return {
    async get(name) {
      const row = await database
        .selectFrom("settings")
        .select("value")
        .where("name", "=", name)
        .executeTakeFirst();
      return row?.value;
    },

    async set(name, value) {
      await database
        .insertInto("settings")
        .values({ name, value })
        .onConflict((conflict) => conflict.column("name").doUpdateSet({ value }))
        .execute();
    },
  };
}
