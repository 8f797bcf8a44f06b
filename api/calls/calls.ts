// The calls that last: listed, shown, hung up.

import { Type } from "typebox";
import type { CallId } from "#common";
import type { LiveCalls } from "#services/call-records";
import { liveCallFields } from "#services/call-records";
import type { Api } from "../instance.ts";
import { HttpRefusal, refuseBody } from "../plugins/index.ts";
import { fieldTable, listQuery, readListQuery } from "../query/index.ts";
import { toWire } from "../wire.ts";
import { callListSchema, callSchema } from "./schemas.ts";

const listFields = fieldTable(liveCallFields);

export const callParams = Type.Object({
  id: Type.Unsafe<CallId>({ type: "string", description: "The id of the call." }),
});

export const describe = (operationId: string, summary: string, description: string) => ({
  tags: ["Calls"],
  operationId,
  summary,
  description,
});

const list = {
  ...describe(
    "listCalls",
    "List the calls that last",
    "Everything that is up or being set up, the newest first; figures of the media are a few seconds old.",
  ),
  querystring: listQuery({
    filter: "state eq 'talking' and received_loss_percent gt 2",
    search: "ada or grace",
    orderby: "started_at",
  }),
  response: { 200: callListSchema },
};

const show = {
  ...describe("getCall", "Show a call", "A call that is over is no longer here but among the call records."),
  params: callParams,
  response: { 200: callSchema },
};

const hangUp = {
  ...describe(
    "hangUpCall",
    "Hang up a call",
    "Ends it in any state: refuses it when it has not been answered, else sends BYE with a Reason.",
  ),
  params: callParams,
  response: { 204: Type.Null({ description: "It is being hung up." }) },
};

export function callRoutes(api: Api, live: LiveCalls): void {
  api.get("/calls", { schema: list, config: { scope: "calls" } }, async (request) => {
    const { count, items } = live.list(readListQuery(request.query, listFields));
    return { count, items: items.map(toWire) };
  });

  api.get("/calls/:id", { schema: show, config: { scope: "calls" } }, async (request) => {
    const { id } = request.params;
    const call = live.get(id);
    if (!call) throw callNotFound(id);
    return toWire(call);
  });

  api.post(
    "/calls/:id/destroy",
    { schema: hangUp, preValidation: refuseBody, config: { scope: "calls:hangup" } },
    async (request, reply) => {
      const { id } = request.params;
      if (!live.hangUp(id)) throw callNotFound(id);
      return reply.code(204).send(null);
    },
  );
}

export const callNotFound = (id: string): HttpRefusal =>
  new HttpRefusal("CALL_NOT_FOUND", `There is no call with the id ${id}.`);
