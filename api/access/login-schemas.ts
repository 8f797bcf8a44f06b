// The shapes of logins on the wire: those of OAuth 2.0 (RFC 6749 section 4.3 and 6, RFC 7009) with what clients of the
// source API send beside them.
import { Type } from "typebox";
import { type Principal, passwordLength, type Scope, scopes } from "#services/access";
import { newPassword } from "./user-schemas.ts";

const longest = 256;
const ignored = (what: string) =>
  Type.Optional(
    Type.Unsafe<string | null>({
      type: ["string", "null"],
      description: `${what} Taken, and without a meaning here.`,
    }),
  );

export const tokenRequestSchema = Type.Object(
  {
    grant_type: Type.String({
      maxLength: longest,
      description: "`password`: log in. `refresh_token`: go on with a login. No other is supported.",
    }),
    username: Type.Optional(Type.String({ maxLength: longest, description: "For `password`." })),
    password: Type.Optional(Type.String({ maxLength: passwordLength.most, description: "For `password`." })),
    refresh_token: Type.Optional(
      Type.String({ maxLength: longest, description: "For `refresh_token`: the latest one. It works once." }),
    ),
    scope: ignored("A user's rights are those of the role."),
    client_id: ignored("The program that asks."),
    clicent_id: ignored("`client_id`, as the documentation of the source API spells it."),
    domain: ignored("The SIP domain of a tenant."),
  },
  {
    description: "Parameters that are not known are ignored.",
    examples: [{ grant_type: "password", username: "ana", password: "correct horse battery" }],
  },
);

export const tokenSchema = Type.Object(
  {
    access_token: Type.String({ description: "To be sent as `Authorization: Bearer …`." }),
    token_type: Type.Unsafe<"Bearer">({ type: "string", enum: ["Bearer"], description: "Always `Bearer`." }),
    expires_in: Type.Integer({ description: "Seconds that the access token is valid for." }),
    refresh_token: Type.String({ description: "For the next access token, within 14 days. It works once." }),
    scope: Type.String({ description: "What the user may do, words with spaces between." }),
  },
  {
    description: "Logged in.",
    examples: [
      {
        access_token: `pa_7c1e0a93b5d2f468_${"0123456789abcdef".repeat(4)}`,
        token_type: "Bearer",
        expires_in: 1800,
        refresh_token: `pr_7c1e0a93b5d2f468_${"fedcba9876543210".repeat(4)}`,
        scope: "rooms calls calls:hangup recordings accounts read",
      },
    ],
  },
);

export const revokeRequestSchema = Type.Object(
  {
    token: Type.Optional(
      Type.String({
        maxLength: longest,
        description: "Access or refresh token; without it the one of the header.",
      }),
    ),
    token_type_hint: ignored("Which of the two it is."),
    client_id: ignored("The program that asks."),
    clicent_id: ignored("`client_id`, as the documentation of the source API spells it."),
  },
  { description: "Parameters that are not known are ignored.", examples: [{}] },
);

export const passwordChangeSchema = Type.Object(
  {
    current_password: Type.String({ maxLength: passwordLength.most, description: "The password until now." }),
    new_password: newPassword,
  },
  {
    additionalProperties: false,
    examples: [{ current_password: "correct horse battery", new_password: "a staple of another colour" }],
  },
);

export const selfSchema = Type.Object(
  {
    kind: Type.Unsafe<Principal["kind"]>({
      type: "string",
      enum: ["admin_key", "key", "user", "machine"],
      description:
        "`admin_key`: the key of the configuration or of the first start. `key`: an API key. `machine`: the `parley` command on the bridge's own machine.",
    }),
    id: Type.String({ description: "The id of the key or the user." }),
    name: Type.String({ description: "The name of the key or the user." }),
    scopes: Type.Array(Type.Unsafe<Scope>({ type: "string", enum: [...scopes] }), {
      description: "What it may do.",
    }),
  },
  {
    description: "Whose credential came with the request.",
    examples: [{ kind: "user", id: "9a1c4a5e-6f0c-4c2b-9d5e-2a7a4d3c1b0f", name: "ana", scopes: ["read"] }],
  },
);
