// Digest authentication, both sides: answering challenges, and challenging unknown sources.

export type { BannedSource, BanRecords, SourceBan } from "./bans.ts";
export { type DigestAlgorithm, digestAlgorithms, ha1 } from "./digest.ts";
export {
  type AnswerInput,
  type Authenticate,
  answerChallenge,
  type Challenge,
  chooseChallenge,
  type DigestLogin,
  digestAnswerer,
} from "./digest-client.ts";
export {
  createDigestGuard,
  type DigestGuard,
  type DigestGuardCounters,
  type DigestGuardOptions,
  type GuardContext,
} from "./digest-guard.ts";
export {
  type ChallengeOptions,
  type Credentials,
  createChallenges,
  readCredentials,
  type Verdict,
  type VerifyOptions,
  verify,
} from "./digest-server.ts";
export { type Ban, type BudgetLimits, defaultBudget, FailureBudget, type Offence } from "./failure-budget.ts";
export { type NonceOptions, Nonces } from "./nonces.ts";
export type { BearerVerdict, DigestCredential, Principal } from "./principal.ts";
