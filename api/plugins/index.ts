// What every request passes through, whichever family of the API it belongs to.
export {
  type Authenticate,
  createAuthenticate,
  keepOutOfCaches,
  type OnBlocked,
  type VerifyKey,
} from "./auth.ts";
export { boundAddress, parseQuery, readJsonBodies, refuseBody } from "./bodies.ts";
export { answerProblems, refuseConnection, sendProblem } from "./errors.ts";
export type { AttemptLimits } from "./failed-attempts.ts";
export { measureRequests } from "./http-metrics.ts";
export { type Answer, type AnswerStore, Idempotency, idempotencyHeaders } from "./idempotency.ts";
export { describeApi } from "./openapi.ts";
export { type FieldProblem, type ProblemCode, problems, Refusal } from "./problem.ts";
export { logRequests } from "./request-log.ts";
export { compileValidator, refuseFields } from "./validation.ts";
