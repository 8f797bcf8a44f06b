// /api/oidc_users: people whom the configured issuer has logged in, as far as they have come, and shutting them out.
import { type OidcUser, type OidcUsers, oidcUserListFields } from "#services/access";
import { unwrap } from "../conference/operation.ts";
import type { Api } from "../instance.ts";
import { HttpRefusal } from "../plugins/index.ts";
import { fieldTable, listQuery, readListQuery } from "../query/index.ts";
import { changesOf, without } from "../read-only.ts";
import { toWire } from "../wire.ts";
import {
  fixedOidcUserFields,
  movingOidcUserFields,
  oidcUserListSchema,
  oidcUserSchema,
  updateOidcUserSchema,
} from "./oidc-user-schemas.ts";
import { describe, idParams } from "./operation.ts";

const params = idParams("person");
const listFields = fieldTable(oidcUserListFields);

const list = {
  ...describe("listOidcUsers", "List the people who came with tokens of the issuer"),
  description:
    "Those whom the configured login service (`oidc.issuer`) has logged in and who have used this API. The 20000 who came " +
    "last are kept, and all who are disabled.",
  querystring: listQuery({ filter: "role eq 'operator'", search: "ada", orderby: "last_seen_at desc" }),
  response: { 200: oidcUserListSchema },
};

const show = {
  ...describe("getOidcUser", "Show a person who came with a token of the issuer"),
  description: "As they came last.",
  params,
  response: { 200: oidcUserSchema },
};

const update = {
  ...describe("updateOidcUser", "Shut a person of the issuer out, or let them in again"),
  description:
    "With `enabled` false every token of this person is refused from now on, and what they have open ends. Name and role come " +
    "from their tokens.",
  params,
  body: updateOidcUserSchema,
  response: { 200: oidcUserSchema },
};

const notFound = (id: string): HttpRefusal =>
  new HttpRefusal("USER_NOT_FOUND", `There is no user with the id ${id}.`);

export function oidcUserRoutes(api: Api, users: OidcUsers): void {
  const config = { scope: "admin" } as const;

  api.get("/oidc_users", { schema: list, config }, async (request) => {
    const { count, items } = await users.list(readListQuery(request.query, listFields));
    return { count, items: items.map(toResponse) };
  });

  api.get("/oidc_users/:id", { schema: show, config }, async (request) => {
    const { id } = request.params;
    const user = await users.get(id);
    if (!user) throw notFound(id);
    return toResponse(user);
  });

  api.post("/oidc_users/:id", { schema: update, config }, async (request) => {
    const { id } = request.params;
    const before = await users.get(id);
    if (!before) throw notFound(id);
    const given = without(request.body, movingOidcUserFields);
    const { enabled } = changesOf(given, fixedOidcUserFields, toResponse(before));
    return toResponse(enabled === undefined ? before : unwrap(await users.setEnabled(id, enabled)));
  });
}

const toResponse = (user: OidcUser) => toWire(user);
