// /api/accounts: extensions that register with the bridge itself.
import { formatHostPort } from "#common";
import { type Account, type Accounts, accountListFields } from "#services/accounts";
import { idParams } from "../access/operation.ts";
import { noContentResponse, unwrap } from "../conference/operation.ts";
import { entityTag, ifMatchHeaders, revisionsOf } from "../conference/revision.ts";
import type { Api } from "../instance.ts";
import { HttpRefusal, type Idempotency, idempotencyHeaders, refuseBody } from "../plugins/index.ts";
import { fieldTable, listQuery, readListQuery } from "../query/index.ts";
import { changesOf, without } from "../read-only.ts";
import { fromWire, toWire } from "../wire.ts";
import {
  accountListSchema,
  accountSchema,
  createAccountSchema,
  createdAccountSchema,
  fixedAccountFields,
  movingAccountFields,
  updateAccountSchema,
} from "./schemas.ts";

/** A telephone that is registered, as the API shows it. */
export interface Registration {
  readonly contact: string;
  readonly userAgent: string;
  /** Milliseconds since the Unix epoch. */
  readonly expiresAt: number;
  readonly flow: {
    readonly protocol: string;
    readonly remote: { readonly address: string; readonly port: number };
  };
}

export interface AccountRoutesOptions {
  readonly accounts: Accounts;
  readonly registrationsOf: (extension: string) => readonly Registration[];
}

const describe = (operationId: string, summary: string) => ({ tags: ["Accounts"], operationId, summary });
const params = idParams("account");
const listFields = fieldTable(accountListFields);

const list = {
  ...describe("listAccounts", "List the accounts"),
  description: "Extensions that register with the bridge itself; never a password.",
  querystring: listQuery({ filter: "startswith(extension,'10')", search: "ana", orderby: "extension" }),
  response: { 200: accountListSchema },
};

const create = {
  ...describe("createAccount", "Make an account"),
  description: "A telephone can register with it as soon as this is answered.",
  headers: idempotencyHeaders,
  body: createAccountSchema,
  response: { 201: createdAccountSchema },
};

const show = {
  ...describe("getAccount", "Show an account"),
  description:
    "With the telephones that are registered with it. The header ETag changes with every change of the account.",
  params,
  response: { 200: accountSchema },
};

const update = {
  ...describe("updateAccount", "Change an account"),
  description:
    "Fields that are absent stay as they are. A new password and disabling end the account's registrations and calls at once.",
  params,
  headers: ifMatchHeaders,
  body: updateAccountSchema,
  response: { 200: accountSchema },
};

const destroy = {
  ...describe("deleteAccount", "Remove an account"),
  description: "Ends its registrations and its calls, and frees the extension.",
  params,
  headers: ifMatchHeaders,
  response: noContentResponse,
};

export function accountRoutes(
  api: Api,
  { accounts, registrationsOf }: AccountRoutesOptions,
  idempotency: Idempotency,
): void {
  const config = { scope: "accounts" } as const;
  const listItem = (account: Account) => ({
    ...accountToWire(account),
    registered: registrationsOf(account.extension).length > 0,
  });
  const details = (account: Account) => ({
    ...listItem(account),
    registrations: registrationsOf(account.extension).map(registrationOnWire),
  });

  api.get("/accounts", { schema: list, config }, async (request) => {
    const { count, items } = await accounts.list(readListQuery(request.query, listFields));
    return { count, items: items.map(listItem) };
  });

  api.post("/accounts", { schema: create, config }, async (request, reply) => {
    let password: string | undefined;
    const make = async () => {
      const [account, made] = unwrap(await accounts.create(fromWire(request.body)));
      // The answer is stored in the database for repetitions of the request; the password must not be.
      password = made;
      const { id, revision } = account;
      const headers = { location: `/api/accounts/${id}`, etag: entityTag(revision) };
      return { headers, body: listItem(account) };
    };
    const { headers, body } = await idempotency.once(request, make);
    return reply
      .code(201)
      .headers(headers)
      .send({ ...body, ...(password !== undefined && { password }) });
  });

  api.get("/accounts/:id", { schema: show, config }, async (request, reply) => {
    const account = await requireAccount(request.params.id);
    reply.header("etag", entityTag(account.revision));
    return details(account);
  });

  api.post("/accounts/:id", { schema: update, config }, async (request, reply) => {
    const revisions = revisionsOf(request.headers["if-match"]);
    const { id } = request.params;
    const before = await requireAccount(id);
    const given = changesOf(
      without(request.body, movingAccountFields),
      fixedAccountFields,
      accountToWire(before),
    );
    const account = unwrap(await accounts.update(id, fromWire(given), revisions));
    reply.header("etag", entityTag(account.revision));
    return details(account);
  });

  api.post(
    "/accounts/:id/destroy",
    { schema: destroy, preValidation: refuseBody, config },
    async (request, reply) => {
      const revisions = revisionsOf(request.headers["if-match"]);
      unwrap(await accounts.destroy(request.params.id, revisions));
      return reply.code(204).send(null);
    },
  );

  async function requireAccount(id: string): Promise<Account> {
    const account = await accounts.get(id);
    if (!account) throw new HttpRefusal("ACCOUNT_NOT_FOUND", `There is no account with the id ${id}.`);
    return account;
  }
}

/** Field by field, because the stored account also has the hashes of the password. */
const accountToWire = ({ id, extension, displayName, email, enabled, createdAt }: Account) =>
  toWire({ id, extension, displayName, email, enabled, createdAt });

function registrationOnWire({ contact, userAgent, expiresAt, flow }: Registration) {
  const { address, port } = flow.remote;
  return {
    contact,
    address: formatHostPort(address, port),
    transport: flow.protocol,
    user_agent: userAgent,
    expires_at: new Date(expiresAt).toISOString(),
  };
}
