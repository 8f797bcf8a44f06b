// The machines that host rooms: the one that is built in, and others that are stored.

import { Type } from "typebox";
import type { ServerId } from "#common";
import { type Servers, serverListFields } from "#services/nodes";
import type { Api } from "../instance.ts";
import { HttpRefusal, type Idempotency, idempotencyHeaders, refuseBody } from "../plugins/index.ts";
import { fieldTable, listQuery, readListQuery } from "../query/index.ts";
import { changesOf } from "../read-only.ts";
import { fromWire, toWireWithNulls } from "../wire.ts";
import { describe, noContentResponse, okResponse, unwrap } from "./operation.ts";
import {
  createdServerSchema,
  createServerSchema,
  fixedServerFields,
  serverListSchema,
  serverSchema,
  serverStatusSchema,
  updateServerSchema,
} from "./server-schemas.ts";

const params = Type.Object({
  id: Type.Unsafe<ServerId>({ type: "string", description: "The id of the server." }),
});

const listFields = fieldTable(serverListFields);

const list = {
  ...describe("listConferenceServers", "List the servers"),
  description: "The built-in one and the external ones that are stored.",
  querystring: listQuery({
    filter: "enabled eq true and max_rooms gt 10",
    search: "north or south",
    orderby: "name desc",
  }),
  response: { 200: serverListSchema },
};

const create = {
  ...describe("createConferenceServer", "Store an external server"),
  description:
    "At least one of `ipv4` and `ipv6` must be given. Rooms live on the built-in server; an external one is " +
    "`OFFLINE` and hosts none.",
  headers: idempotencyHeaders,
  body: createServerSchema,
  response: { 200: createdServerSchema },
};

const show = {
  ...describe("showConferenceServer", "Show a server"),
  description: "What is stored of it; how it is doing is its status.",
  params,
  response: { 200: serverSchema },
};

const update = {
  ...describe("updateConferenceServer", "Change a server"),
  description:
    "Fields that are absent stay as they are. A limit that is lower than what there is ends nothing: it refuses " +
    "what comes next.",
  params,
  body: updateServerSchema,
  response: okResponse,
};

const status = {
  ...describe("getConferenceServerStatus", "Show how a server is doing"),
  description: "An external server is `OFFLINE`, because nothing answers for it.",
  params,
  response: { 200: serverStatusSchema },
};

const destroy = {
  ...describe("deleteConferenceServer", "Forget a server"),
  description: "The built-in one cannot be destroyed.",
  params,
  response: noContentResponse,
};

const serverNotFound = (id: ServerId): HttpRefusal =>
  new HttpRefusal("SERVER_NOT_FOUND", `There is no server with the id ${id}.`);

export function serverRoutes(api: Api, servers: Servers, idempotency: Idempotency): void {
  api.get("/conference_servers", { schema: list, config: { scope: "read" } }, async (request) => {
    const { count, items } = await servers.list(readListQuery(request.query, listFields));
    return { count, items: items.map(toWireWithNulls) };
  });

  api.post("/conference_servers", { schema: create, config: { scope: "admin" } }, async (request, reply) => {
    const { headers, body } = await idempotency.once(request, async () => {
      const { id } = unwrap(await servers.create(fromWire(request.body)));
      return { headers: { location: `/api/conference_servers/${id}` }, body: { id } };
    });
    return reply.headers(headers).send(body);
  });

  const one = "/conference_servers/:id";

  api.get(one, { schema: show, config: { scope: "read" } }, async (request) => {
    const { id } = request.params;
    const server = await servers.get(id);
    if (!server) throw serverNotFound(id);
    return toWireWithNulls(server);
  });

  api.post(one, { schema: update, config: { scope: "admin" } }, async (request) => {
    const { id } = request.params;
    const before = await servers.get(id);
    if (!before) throw serverNotFound(id);
    const given = changesOf(request.body, fixedServerFields, toWireWithNulls(before));
    unwrap(await servers.update(id, fromWire(given)));
    return {};
  });

  api.get(`${one}/status`, { schema: status, config: { scope: "read" } }, async (request) =>
    toWireWithNulls(unwrap(await servers.status(request.params.id))),
  );

  api.post(
    `${one}/destroy`,
    { schema: destroy, preValidation: refuseBody, config: { scope: "admin" } },
    async (request, reply) => {
      unwrap(await servers.destroy(request.params.id));
      return reply.code(204).send(null);
    },
  );
}
