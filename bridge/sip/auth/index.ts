// Digest authentication, both sides.
export { type AnswerInput, answerChallenge, type Challenge, chooseChallenge } from "./client.ts";
export { type DigestAlgorithm, digestAlgorithms, ha1 } from "./digest.ts";
export { type NonceOptions, Nonces } from "./nonces.ts";
export {
  type ChallengeOptions,
  type Credentials,
  createChallenges,
  readCredentials,
  type Verdict,
  type VerifyOptions,
  verify,
} from "./server.ts";
