// The meet API: rooms with roles, links and members, as its clients know them, over the same rooms as every other API. Paths
// are below /api/v1. What does not fit is 422, as those clients expect it.
import type { Logger } from "#common";
import type { Api } from "../instance.ts";
import { HttpRefusal, sendProblem } from "../plugins/index.ts";
import { deletionRoutes } from "./deletion.ts";
import { memberRoutes } from "./members.ts";
import type { MeetOptions } from "./room-access.ts";
import { roomRoutes } from "./rooms.ts";

export { Callers } from "./callers.ts";
export { PageTokens } from "./page-tokens.ts";
export type { MeetOptions } from "./room-access.ts";
export { meetWebhookData } from "./webhook-data.ts";

/** `Callers` has checked the credentials of a request before. */
export function meetRoutes(api: Api, options: MeetOptions & { readonly log: Logger }): void {
  api.setErrorHandler((error, request, reply) =>
    sendProblem(inMeetCodes(error), request, reply, options.log),
  );
  // Rights may have gone while the body was on its way.
  api.addHook("preHandler", async (request) => options.callers.confirm(request));
  roomRoutes(api, options);
  deletionRoutes(api, options);
  memberRoutes(api, options);
}

const inMeetCodes = (error: unknown): unknown =>
  error instanceof HttpRefusal && error.code === "VALIDATION_FAILED"
    ? new HttpRefusal("INVALID_FIELD", error.message, { fields: error.fields })
    : error;
