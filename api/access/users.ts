// /api/users: people who log in with a name and a password.

import { type User, type Users, userListFields } from "#services/access";
import { noContentResponse, unwrap } from "../conference/operation.ts";
import type { Api } from "../instance.ts";
import { HttpRefusal, type Idempotency, idempotencyHeaders, refuseBody } from "../plugins/index.ts";
import { fieldTable, listQuery, readListQuery } from "../query/index.ts";
import { changesOf, without } from "../read-only.ts";
import { fromWire, toWire } from "../wire.ts";
import { describe, idParams } from "./operation.ts";
import {
  createdUserSchema,
  createUserSchema,
  fixedUserFields,
  movingUserFields,
  updateUserSchema,
  userListSchema,
  userSchema,
} from "./user-schemas.ts";

const params = idParams("user");
const listFields = fieldTable(userListFields);

const list = {
  ...describe("listUsers", "List the users"),
  description: "The users who may log in, with their roles; never a password.",
  querystring: listQuery({ filter: "startswith(username,'a')", search: "ada", orderby: "username" }),
  response: { 200: userListSchema },
};

const create = {
  ...describe("createUser", "Make a user"),
  description: "They can log in as soon as this is answered.",
  headers: idempotencyHeaders,
  body: createUserSchema,
  response: { 201: createdUserSchema },
};

const show = {
  ...describe("getUser", "Show a user"),
  description: "Never the password.",
  params,
  response: { 200: userSchema },
};

const update = {
  ...describe("updateUser", "Change a user"),
  description:
    "Fields that are absent stay as they are. A new role holds at once; a new password and disabling end the " +
    "user's logins.",
  params,
  body: updateUserSchema,
  response: { 200: userSchema },
};

const destroy = {
  ...describe("deleteUser", "Remove a user"),
  description: "Ends the user's logins.",
  params,
  response: noContentResponse,
};

const userNotFound = (id: string): HttpRefusal =>
  new HttpRefusal("USER_NOT_FOUND", `There is no user with the id ${id}.`);

export function userRoutes(api: Api, users: Users, idempotency: Idempotency): void {
  const config = { scope: "admin" } as const;

  api.get("/users", { schema: list, config }, async (request) => {
    const { count, items } = await users.list(readListQuery(request.query, listFields));
    return { count, items: items.map(userToWire) };
  });

  api.post("/users", { schema: create, config }, async (request, reply) => {
    const { username, email } = request.body;
    const asked = { display_name: username, ...request.body, email: email || null };
    const make = async () => {
      const user = unwrap(await users.create(fromWire(request.body)));
      return { headers: { location: `/api/users/${user.id}` }, body: userToWire(user) };
    };
    const { headers, body } = await idempotency.once(request, make, asked);
    return reply.code(201).headers(headers).send(body);
  });

  api.get("/users/:id", { schema: show, config }, async (request) => {
    const { id } = request.params;
    const user = await users.get(id);
    if (!user) throw userNotFound(id);
    return userToWire(user);
  });

  api.post("/users/:id", { schema: update, config }, async (request) => {
    const { id } = request.params;
    const before = await users.get(id);
    if (!before) throw userNotFound(id);
    const given = changesOf(without(request.body, movingUserFields), fixedUserFields, userToWire(before));
    return userToWire(unwrap(await users.update(id, fromWire(given))));
  });

  api.post(
    "/users/:id/destroy",
    { schema: destroy, preValidation: refuseBody, config },
    async (request, reply) => {
      unwrap(await users.destroy(request.params.id));
      return reply.code(204).send(null);
    },
  );
}

/** Field by field, because the stored user also has the hash of the password. */
const userToWire = ({ id, username, displayName, email, role, enabled, createdAt, lastLoginAt }: User) =>
  toWire({ id, username, displayName, email, role, enabled, createdAt, lastLoginAt });
