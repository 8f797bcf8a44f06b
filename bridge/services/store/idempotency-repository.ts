// Answers that were given, by the key under which a client may ask for them again. The oldest make room.
import type { Database } from "./schema.ts";

/** JSON text under a key, with the fingerprint of the request it answers. */
export interface StoredResponse {
  readonly fingerprint: string;
  readonly answer: string;
  /** RFC 3339 in UTC. */
  readonly createdAt: string;
}

export interface IdempotencyRepository {
  find(key: string): Promise<StoredResponse | undefined>;
  /** Replaces what was there, and forgets what is from before `expired`. */
  keep(key: string, answer: StoredResponse, expired: string): Promise<void>;
}

const defaultLimit = 10_000;

export function createIdempotencyRepository(database: Database, limit = defaultLimit): IdempotencyRepository {
  return {
    async find(key) {
      const row = await database.selectFrom("answers").selectAll().where("key", "=", key).executeTakeFirst();
      return row && { fingerprint: row.fingerprint, answer: row.answer, createdAt: row.created_at };
    },

    async keep(key, { fingerprint, answer, createdAt }, expired) {
      await database.transaction().execute(async (transaction) => {
        await transaction
          .deleteFrom("answers")
          .where((row) => row.or([row("created_at", "<", expired), row("key", "=", key)]))
          .execute();
        await transaction
          .insertInto("answers")
          .values({ key, fingerprint, answer, created_at: createdAt })
          .execute();
        const beyond = transaction
          .selectFrom("answers")
          .select("key")
          .orderBy("created_at", "desc")
          .orderBy("key")
          .limit(limit)
          .offset(limit);
        await transaction.deleteFrom("answers").where("key", "in", beyond).execute();
      });
    },
  };
}
