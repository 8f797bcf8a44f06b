// The shapes of people whom the issuer of tokens knows, on the wire.
import { Type } from "typebox";
import { type Role, roles } from "#services/access";
import { readOnlyFields } from "../read-only.ts";
import { instant, listOf } from "./operation.ts";

const enabled = Type.Boolean({ description: "Whether the tokens of this person are taken." });

export const fixedOidcUserFields = ["id", "issuer", "subject", "first_seen_at"] as const;
/** They change by themselves: values that a client sends back are ignored. */
export const movingOidcUserFields = ["name", "role", "last_seen_at"] as const;

export const updateOidcUserSchema = Type.Object(
  {
    enabled: Type.Optional(enabled),
    ...readOnlyFields([...fixedOidcUserFields, ...movingOidcUserFields]),
  },
  { additionalProperties: false, examples: [{ enabled: false }] },
);

const shown = Type.Object({
  id: Type.String({ description: "The id of the person here; the same for ever." }),
  issuer: Type.String({ description: "The issuer that has logged them in." }),
  subject: Type.String({ description: "What the issuer calls them, `sub` of their tokens." }),
  name: Type.String({ description: "The name in their latest token." }),
  role: Type.Unsafe<Role>({
    type: "string",
    enum: [...roles],
    description: "What their latest token makes them.",
  }),
  enabled,
  first_seen_at: instant("When they first came."),
  last_seen_at: instant("When they last came, to the minute."),
});

const example = {
  id: "oidc_q3Vb0pZk9d5e2a7a4d3c1b",
  issuer: "https://login.example.com/realms/main",
  subject: "9a1c4a5e-6f0c-4c2b-9d5e-2a7a4d3c1b0f",
  name: "ana",
  role: "operator",
  enabled: true,
  first_seen_at: "2026-03-02T08:00:00.000Z",
  last_seen_at: "2026-03-02T09:30:00.000Z",
} as const;

export const oidcUserSchema = Type.Object(shown.properties, {
  description: "The person.",
  examples: [example],
});
export const oidcUserListSchema = listOf(shown, "people", example);
