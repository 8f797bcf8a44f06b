// Public interface of the store.
export { type AdminKey, hashSecret, matchesHash } from "./admin-key.ts";
export {
  checkDatabase,
  copyDatabase,
  knownSchema,
  lastEventAt,
  outdatedSchema,
  roomsAtRest,
  schemaOf,
} from "./at-rest.ts";
export { DatabaseError, type DatabaseFault, damagedError } from "./database-errors.ts";
export type { IdempotencyRepository, StoredResponse } from "./idempotency-repository.ts";
export { checkIntegrity, type Integrity } from "./integrity.ts";
export type { SettingsRepository } from "./settings-repository.ts";
export { openStore, type Store } from "./store.ts";
