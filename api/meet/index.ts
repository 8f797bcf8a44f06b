// The meet API: rooms with roles, links and members, as its clients know them, over the same rooms as every other API. Paths
// are below /api/v1. What does not fit is 422, as those clients expect it.
import type { Logger } from "#common";
import type { Api } from "../instance.ts";
import { HttpRefusal, sendProblem } from "../plugins/index.ts";
import { deletionRoutes } from "./deletion.ts";
import type { MeetOptions } from "./desk.ts";
import { memberRoutes } from "./members.ts";
import { roomRoutes } from "./rooms.ts";

export { Callers } from "./callers.ts";
export type { MeetOptions } from "./desk.ts";
export { PageTokens } from "./page-tokens.ts";
export { meetWebhookData } from "./webhook-data.ts";

/** Who asks has been judged by `Callers` before. */
export function meetRoutes(api: Api, desk: MeetOptions & { readonly log: Logger }): void {
  api.setErrorHandler((error, request, reply) => sendProblem(inMeetCodes(error), request, reply, desk.log));
  // Rights may have gone while the body was on its way.
  api.addHook("preHandler", async (request) => desk.callers.confirm(request));
  roomRoutes(api, desk);
  deletionRoutes(api, desk);
  memberRoutes(api, desk);
}

const inMeetCodes = (error: unknown): unknown =>
  error instanceof HttpRefusal && error.code === "VALIDATION_FAILED"
    ? new HttpRefusal("INVALID_FIELD", error.message, { fields: error.fields })
    : error;
