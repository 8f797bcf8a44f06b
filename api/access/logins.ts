// /api/login: a name and a password for tokens, tokens for newer ones, the end of a login, another password. Bodies are
// JSON or, as OAuth has it, a form.

import { parse } from "node:querystring";
import type { FastifyRequest } from "fastify";
import type { Static } from "typebox";
import type { Result } from "#common";
import { type Access, isOidcUser, type LoginProblem, type Tokens } from "#services/access";
import { okResponse, unwrap } from "../conference/operation.ts";
import type { Api } from "../instance.ts";
import {
  bearerOf,
  clientAddress,
  HttpRefusal,
  optionalBody,
  refusalOfTwice,
  refuseFields,
  textOf,
  tooManyAttempts,
} from "../plugins/index.ts";
import {
  passwordChangeSchema,
  revokeRequestSchema,
  selfSchema,
  tokenRequestSchema,
  tokenSchema,
} from "./login-schemas.ts";
import { describe } from "./operation.ts";

const token = {
  ...describe("getAccessToken", "Log in, or go on with a login"),
  description:
    "JSON or `application/x-www-form-urlencoded`. Refusals have the `error` of RFC 6749 section 5.2; a refused login is `invalid_grant` for every reason. A refresh " +
    "token that comes a second time ends the login.",
  body: tokenRequestSchema,
  response: { 200: tokenSchema },
};

const revoke = {
  ...describe("revokeAccessToken", "Log out"),
  description: "Ends the login of the given token or of the one in the header; both its tokens stop working.",
  body: revokeRequestSchema,
  response: okResponse,
};

const change = {
  ...describe("changePassword", "Change one's own password"),
  description: "For users. Ends all their logins, this one too: log in again.",
  body: passwordChangeSchema,
  response: okResponse,
};

const self = {
  ...describe("getSelf", "Tell whose credential this is"),
  description: "Key or user, and what it may do.",
  response: { 200: selfSchema },
};

export function loginRoutes(api: Api, { logins, users }: Access): void {
  readForms(api);

  const config = { scope: "public", oauth: true } as const;
  api.post("/login/oauth/token", { schema: token, config }, async (request, reply) => {
    const tokens = await grant(request.body, clientAddress(request));
    const { principal, ...granted } = unwrapLogin(tokens, request);
    request.principal = principal;
    // RFC 6749 section 5.1; every answer of the API has `no-store` already.
    reply.header("pragma", "no-cache");
    return tokenResponse(granted);
  });

  function grant(body: Static<typeof tokenRequestSchema>, address: string) {
    const { username, password, refresh_token } = body;
    const grantType = requireField({ grant_type: body.grant_type });
    switch (grantType) {
      case "password":
        return logins.login(requireField({ username }), requireField({ password }), address);
      case "refresh_token":
        return logins.refresh(requireField({ refresh_token }));
      default:
        throw new HttpRefusal("UNSUPPORTED_GRANT_TYPE", "grant_type must be password or refresh_token.", {
          fields: [{ field: "grant_type", message: "must be password or refresh_token" }],
        });
    }
  }

  const open = { config, preValidation: optionalBody } as const;
  api.post("/login/oauth/revoke", { schema: revoke, ...open }, async (request) => {
    // An empty parameter is none (RFC 6749 section 3.1).
    const given = request.body.token || bearerOf(request);
    if (given === undefined) throw refuseFields([{ field: "token", message: "is required" }]);
    request.principal = await logins.revoke(given);
    return {};
  });

  api.post("/login/password", { schema: change, config: { scope: "anyone" } }, async (request) => {
    const { kind, id, name } = request.principal!;
    if (kind !== "user") throw new HttpRefusal("NOT_A_USER", "Make another key and destroy this one.");
    if (isOidcUser(id)) throw new HttpRefusal("NOT_A_USER", "The password of this user is not kept here.");
    const { current_password, new_password } = request.body;
    const checked = await logins.checkPassword(name, current_password, clientAddress(request));
    if (!checked.ok && checked.error.kind === "refused") {
      request.failedLogin = { user: id };
      throw new HttpRefusal("WRONG_PASSWORD", "The current password is not this one.", {
        fields: [{ field: "current_password", message: "is not right" }],
      });
    }
    unwrapLogin(checked, request);
    unwrap(await users.update(id, { password: new_password }));
    return {};
  });

  api.get("/login/me", { schema: self, config: { scope: "anyone" } }, async (request) => {
    const { kind, id, name, scopes } = request.principal!;
    return { kind, id, name, scopes: [...scopes] };
  });
}

/** Also for bodies that are a form; no field of it may come twice, known or not (RFC 6749 section 3.2). */
function readForms(api: Api): void {
  const type = "application/x-www-form-urlencoded";
  api.addContentTypeParser(type, { parseAs: "buffer" }, (_request, body, parsed) => {
    const text = textOf(body as Buffer);
    if (typeof text !== "string" || !isUtf8(text)) {
      parsed(new HttpRefusal("MALFORMED_REQUEST", "The body is not valid UTF-8."));
      return;
    }
    const form = { ...parse(text, "&", "=", { maxKeys: 0 }) };
    parsed(refusalOfTwice(form) ?? null, form);
  });
}

/** Of what a form has escaped. */
function isUtf8(form: string): boolean {
  try {
    decodeURIComponent(form);
    return true;
  } catch {
    return false;
  }
}

function unwrapLogin<Value>(
  result: Result<Value, LoginProblem>,
  request: Pick<FastifyRequest, "failedLogin">,
): Value {
  if (result.ok) return result.value;
  const { user } = result.error;
  request.failedLogin = user === undefined ? {} : { user };
  if (result.error.kind === "wait") throw tooManyAttempts(result.error.seconds);
  throw new HttpRefusal("INVALID_GRANT", "The name, the password or the token is not valid.");
}

/** `{ name: value }` → value. Which fields a request needs depends on what it asks for. */
function requireField(field: Readonly<Record<string, string | undefined>>): string {
  const [[name, value] = ["", undefined]] = Object.entries(field);
  if (value === undefined || value === "") throw refuseFields([{ field: name, message: "is required" }]);
  return value;
}

const tokenResponse = ({ accessToken, refreshToken, expiresIn, scopes }: Omit<Tokens, "principal">) => ({
  access_token: accessToken,
  token_type: "Bearer" as const,
  expires_in: expiresIn,
  refresh_token: refreshToken,
  scope: scopes.join(" "),
});
