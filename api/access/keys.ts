// /api/keys: API keys, made, listed, changed, revoked.

import { type ApiKey, type Keys, keyListFields } from "#services/access";
import { noContentResponse, unwrap } from "../conference/operation.ts";
import type { Api } from "../instance.ts";
import { canonicalInstant } from "../instant.ts";
import { HttpRefusal, type Idempotency, idempotencyHeaders, refuseBody } from "../plugins/index.ts";
import { fieldTable, listQuery, readListQuery } from "../query/index.ts";
import { changesOf, without } from "../read-only.ts";
import { fromWire, toWire } from "../wire.ts";
import {
  createdKeySchema,
  createKeySchema,
  fixedKeyFields,
  keyListSchema,
  keySchema,
  movingKeyFields,
  updateKeySchema,
} from "./key-schemas.ts";
import { describe, idParams } from "./operation.ts";

const params = idParams("key");
const listFields = fieldTable(keyListFields);

const list = {
  ...describe("listApiKeys", "List the API keys"),
  description: "What each may do and until when; never the key itself.",
  querystring: listQuery({ filter: "startswith(name,'panel')", search: "panel", orderby: "name" }),
  response: { 200: keyListSchema },
};

const create = {
  ...describe("createApiKey", "Make an API key"),
  description: "The answer shows the key in full, this one time: the bridge keeps only a hash of it.",
  headers: idempotencyHeaders,
  body: createKeySchema,
  response: { 201: createdKeySchema },
};

const show = {
  ...describe("getApiKey", "Show an API key"),
  description: "Never the key itself: that is shown once, when it is made.",
  params,
  response: { 200: keySchema },
};

const update = {
  ...describe("updateApiKey", "Change an API key"),
  description: "Fields that are absent stay as they are. The key itself never changes: make another one.",
  params,
  body: updateKeySchema,
  response: { 200: keySchema },
};

const destroy = {
  ...describe("deleteApiKey", "Revoke an API key"),
  description: "It stops working at once.",
  params,
  response: noContentResponse,
};

const keyNotFound = (id: string): HttpRefusal =>
  new HttpRefusal("KEY_NOT_FOUND", `There is no API key with the id ${id}.`);

export function keyRoutes(api: Api, keys: Keys, idempotency: Idempotency): void {
  const config = { scope: "admin" } as const;

  api.get("/keys", { schema: list, config }, async (request) => {
    const { count, items } = await keys.list(readListQuery(request.query, listFields));
    return { count, items: items.map(keyToWire) };
  });

  api.post("/keys", { schema: create, config }, async (request, reply) => {
    let secret: string | undefined;
    const { headers, body } = await idempotency.once(request, async () => {
      const [key, made] = unwrap(await keys.create(inUtc(fromWire(request.body))));
      // The answer is stored in the database for repetitions of the request; the secret must not be.
      secret = made;
      return { headers: { location: `/api/keys/${key.id}` }, body: keyToWire(key) };
    });
    return reply
      .code(201)
      .headers(headers)
      .send({ ...body, ...(secret !== undefined && { key: secret }) });
  });

  api.get("/keys/:id", { schema: show, config }, async (request) => {
    const { id } = request.params;
    const key = await keys.get(id);
    if (!key) throw keyNotFound(id);
    return keyToWire(key);
  });

  api.post("/keys/:id", { schema: update, config }, async (request) => {
    const { id } = request.params;
    const before = await keys.get(id);
    if (!before) throw keyNotFound(id);
    const given = changesOf(without(request.body, movingKeyFields), fixedKeyFields, keyToWire(before));
    return keyToWire(unwrap(await keys.update(id, inUtc(fromWire(given)))));
  });

  api.post(
    "/keys/:id/destroy",
    { schema: destroy, preValidation: refuseBody, config },
    async (request, reply) => {
      unwrap(await keys.destroy(request.params.id));
      return reply.code(204).send(null);
    },
  );
}

const keyToWire = ({ id, name, scopes, addresses, expiresAt, createdAt, lastUsedAt }: ApiKey) =>
  toWire({
    id,
    name,
    prefix: `pk_${id}`,
    scopes: [...scopes],
    addresses: [...addresses],
    expiresAt,
    createdAt,
    lastUsedAt,
  });

/** The schema has made sure that it is an instant. */
function inUtc<Fields extends { expiresAt?: string | null }>(fields: Fields): Fields {
  const { expiresAt } = fields;
  return expiresAt ? { ...fields, expiresAt: canonicalInstant(expiresAt) } : fields;
}
