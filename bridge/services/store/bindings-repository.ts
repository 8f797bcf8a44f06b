// Where phones are registered, for the next start: one row a binding.
import type { BindingsRepository, StoredBinding } from "#sip";
import type { Database } from "./schema.ts";

export const createBindingsRepository = (database: Database): BindingsRepository => ({
  async all() {
    const rows = await database.selectFrom("bindings").select("binding").execute();
    return rows.map(({ binding }) => JSON.parse(binding) as StoredBinding);
  },

  async prune(now) {
    await database.deleteFrom("bindings").where("expires_at", "<=", new Date(now).toISOString()).execute();
  },

  replace(addressOfRecord, bindings) {
    return database.transaction().execute(async (transaction) => {
      await transaction.deleteFrom("bindings").where("address_of_record", "=", addressOfRecord).execute();
      if (bindings.length === 0) return;
      const rows = bindings.map((binding) => ({
        address_of_record: addressOfRecord,
        expires_at: new Date(binding.expiresAt).toISOString(),
        binding: JSON.stringify(binding),
      }));
      await transaction.insertInto("bindings").values(rows).execute();
    });
  },
});
