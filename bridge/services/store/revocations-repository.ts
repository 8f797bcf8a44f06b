// Revoked join tokens in the database, and the secret that all are signed with.
import type { RoomId } from "#common";
import type { RevocationsRepository } from "#services/join-tokens";
import type { Database } from "./schema.ts";
import type { SettingsRepository } from "./settings-repository.ts";

const secretName = "join_tokens.secret";

export const createRevocationsRepository = (
  database: Database,
  settings: SettingsRepository,
): RevocationsRepository => ({
  async all() {
    const rows = await database.selectFrom("revoked_tokens").selectAll().execute();
    return rows.map(({ id, room_id, issued_up_to, expires_at }) => ({
      ...{ id, room: room_id as RoomId | "", issuedUpTo: issued_up_to, expiresAt: expires_at },
    }));
  },

  async save({ id, room, issuedUpTo, expiresAt }) {
    const values = { room_id: room, issued_up_to: issuedUpTo, expires_at: expiresAt };
    await database
      .insertInto("revoked_tokens")
      .values({ id, ...values })
      .onConflict((conflict) => conflict.column("id").doUpdateSet(values))
      .execute();
  },

  async prune(before) {
    await database.deleteFrom("revoked_tokens").where("expires_at", "<=", before).execute();
  },

  async clear() {
    await database.deleteFrom("revoked_tokens").execute();
  },

  secret: {
    get: () => settings.get(secretName),
    set: (secret) => settings.set(secretName, secret),
  },
});
