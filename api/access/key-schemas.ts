// The shapes of API keys on the wire.
import { Type } from "typebox";
import { type Scope, scopes } from "#services/access";
import { readOnlyFields } from "../read-only.ts";
import { nameText } from "../texts.ts";
import { clearableInstant, instant, listOf } from "./operation.ts";

const scopeList = Type.Array(Type.Unsafe<Scope>({ type: "string", enum: [...scopes] }), {
  minItems: 1,
  maxItems: scopes.length,
  description:
    "What it may do. `read`: look at everything but recordings, calls and PINs. `rooms`: make, change and control " +
    "rooms, and see their PINs. `pins`: see PINs, with `read`. `calls`: the list of calls and their records. " +
    "`calls:hangup`: hang calls up. `recordings`: list, start, stop, download and delete them. `admin`: everything.",
});

const addresses = Type.Array(Type.String({ maxLength: 64 }), {
  maxItems: 50,
  default: [],
  description: "IP addresses and networks that it may come from. Empty: any.",
});

const fields = {
  name: Type.String({
    minLength: 1,
    maxLength: 64,
    pattern: nameText,
    description: "The person or program that uses it.",
  }),
  scopes: scopeList,
  expires_at: clearableInstant("When it stops working. `null`: never."),
  addresses,
};
const { name, expires_at } = fields;

export const createKeySchema = Type.Object(
  { name, scopes: scopeList, expires_at: Type.Optional(expires_at), addresses: Type.Optional(addresses) },
  {
    additionalProperties: false,
    examples: [{ name: "Panel", scopes: ["rooms", "read"], addresses: ["192.168.1.0/24"] }],
  },
);

export const fixedKeyFields = ["id", "prefix", "created_at"] as const;
/** It changes by itself: a value that a client sends back is ignored. */
export const movingKeyFields = ["last_used_at"] as const;

export const updateKeySchema = Type.Object(
  {
    ...Type.Partial(Type.Object(fields)).properties,
    ...readOnlyFields([...fixedKeyFields, ...movingKeyFields]),
  },
  { additionalProperties: false, examples: [{ expires_at: "2031-01-01T00:00:00Z" }] },
);

const keyProperties = {
  id: Type.String({ description: "The id of the key." }),
  name,
  prefix: Type.String({ description: "How the key begins; the rest is secret." }),
  scopes: scopeList,
  addresses,
  expires_at: Type.Optional(instant("When it stops working; absent: never.")),
  created_at: instant("When it was made."),
  last_used_at: Type.Optional(instant("When it was last used, to the minute; absent: never.")),
};

const example = {
  id: "7c1e0a93b5d2f468",
  name: "Panel",
  prefix: "pk_7c1e0a93b5d2f468",
  scopes: ["rooms", "read"],
  addresses: ["192.168.1.0/24"],
  created_at: "2026-03-02T08:00:00.000Z",
  last_used_at: "2026-03-02T09:12:40.000Z",
};

export const keySchema = Type.Object(keyProperties, { description: "The key.", examples: [example] });
export const keyListSchema = listOf(Type.Object(keyProperties), "keys", example);

export const createdKeySchema = Type.Object(
  {
    ...keyProperties,
    key: Type.Optional(
      Type.String({
        description:
          "The key in full, this one time; absent when the request is a repetition (Idempotency-Key).",
      }),
    ),
  },
  {
    description: "The key was made; the Location header is its address.",
    examples: [{ ...example, key: `pk_7c1e0a93b5d2f468_${"0123456789abcdef".repeat(4)}` }],
  },
);
