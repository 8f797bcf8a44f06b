// Public interface of the plugins that every request passes, in every family of the API.
export { auditChanges } from "./audit.ts";
export {
  type Authenticate,
  type BlockedListener,
  bearerOf,
  confirmWholeRequests,
  createAuthenticate,
  insufficientScope,
  invalidToken,
  isUndecided,
  loginUndecided,
  preventCaching,
  requireScope,
  tooManyAttempts,
  unauthenticated,
} from "./auth.ts";
export {
  announcesBody,
  boundAddress,
  optionalBody,
  parseQuery,
  readJsonBodies,
  refuseBody,
  textOf,
} from "./bodies.ts";
export { clientAddress } from "./client-address.ts";
export { allowOrigins } from "./cors.ts";
export { replyWhenDurable, storeWhenDurable } from "./durable.ts";
export { tagAnswers, tagsOf } from "./entity-tags.ts";
export { answerProblems, pathOf, refuseConnection, sendProblem, writeWhole } from "./errors.ts";
export { headRefusal, pathOfTarget, refuseWithBodies, requireOneHost } from "./host.ts";
export { measureRequests } from "./http-metrics.ts";
export { type Answer, Idempotency, type IdempotencyStore, idempotencyHeaders } from "./idempotency.ts";
export { type LocalListener, listenLocally, localPrincipal } from "./local-clients.ts";
export { declareNeeds, needOf, permits } from "./needs.ts";
export { OpenStreams, revokedLingerMs } from "./open-streams.ts";
export { describeApi } from "./openapi.ts";
export {
  type FieldProblem,
  HttpRefusal,
  isProblemCode,
  type ProblemCode,
  problemBody,
  problems,
} from "./problem.ts";
export { limitAddresses, limitCredentials } from "./rate-limit.ts";
export { logRequests } from "./request-log.ts";
export { buildSerializersWhenUsed } from "./serialization.ts";
export { requireHttps } from "./strict-transport.ts";
export { decideUpgrades } from "./upgrades.ts";
export { compileValidator, refusalOfTwice, refuseFields } from "./validation.ts";
export { yieldBetweenRequests } from "./yield-between-requests.ts";
