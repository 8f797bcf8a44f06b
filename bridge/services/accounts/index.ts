// Public interface of accounts: extensions that register with the bridge itself.
export {
  type AccountChanges,
  type AccountFields,
  Accounts,
  type AccountsOptions,
  principalIdOf,
  sipPasswordLength,
} from "./accounts.ts";
export { type AccountTarget, targetsOf } from "./targets.ts";
export * from "./types.ts";
