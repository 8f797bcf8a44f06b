// The shapes of accounts on the wire. A password goes in, and comes out once where the bridge has made it.
import { Type } from "typebox";
import { sipPasswordLength } from "#services/accounts";
import { instant, listOf } from "../access/operation.ts";
import { readOnlyFields } from "../read-only.ts";
import { extensionText, nameText, sipPasswordText } from "../texts.ts";

const extension = Type.String({
  minLength: 3,
  maxLength: 64,
  pattern: extensionText,
  description:
    "What the account registers with, calls as and is called by: 3 to 64 digits. No room and no other account has it.",
});
const passwordRule = `At least ${sipPasswordLength.least} characters that every telephone can be given, the extension not among them.`;
const passwordOf = (description: string) =>
  Type.String({
    minLength: sipPasswordLength.least,
    maxLength: sipPasswordLength.most,
    pattern: sipPasswordText,
    description,
  });
const displayName = Type.String({
  minLength: 1,
  maxLength: 64,
  pattern: nameText,
  description: "The name that rooms show. The extension when it is not given.",
});
const email = Type.Unsafe<string | null>({
  type: ["string", "null"],
  maxLength: 254,
  examples: ["ana@example.com"],
  description: "Whose account it is. `null` or empty: not known.",
});
const enabled = Type.Boolean({
  default: true,
  description: "Whether it can register and call. Disabling ends its registrations and its calls.",
});

export const createAccountSchema = Type.Object(
  {
    extension,
    password: Type.Optional(
      passwordOf(
        `${passwordRule} Without it the bridge makes one and shows it in the answer, this one time.`,
      ),
    ),
    display_name: Type.Optional(displayName),
    email: Type.Optional(email),
    enabled: Type.Optional(enabled),
  },
  {
    additionalProperties: false,
    examples: [
      {
        ...{ extension: "1001", password: "kestrel-orchard-54" },
        ...{ display_name: "Ana", email: "ana@example.com" },
      },
    ],
  },
);

export const fixedAccountFields = ["id", "extension", "created_at"] as const;
/** They change by themselves: values that a client sends back are ignored. */
export const movingAccountFields = ["registered", "registrations"] as const;

export const updateAccountSchema = Type.Object(
  {
    ...Type.Partial(
      Type.Object({ password: passwordOf(passwordRule), display_name: displayName, email, enabled }),
    ).properties,
    ...readOnlyFields([...fixedAccountFields, ...movingAccountFields]),
  },
  { additionalProperties: false, examples: [{ display_name: "Ana at home" }] },
);

const listed = {
  id: Type.String({ description: "The id of the account." }),
  extension,
  display_name: displayName,
  email: Type.Optional(Type.String({ description: "Whose account it is; absent: not known." })),
  enabled,
  created_at: instant("When it was made."),
  registered: Type.Boolean({ description: "Whether a telephone is registered with it now." }),
};

const registration = Type.Object({
  contact: Type.String({ description: "The SIP URI that the telephone has registered." }),
  address: Type.String({ description: "The address and port that it came from." }),
  transport: Type.String({ description: "`UDP`, `TCP`, `TLS`, `WS` or `WSS`." }),
  user_agent: Type.String({ description: "What the telephone says it is; may be empty." }),
  expires_at: instant("Until when it is registered, unless it registers again."),
});

const example = {
  id: "5f0a3c52-31c7-4b7c-8d8a-0b7f5b3c9a11",
  extension: "1001",
  display_name: "Ana",
  email: "ana@example.com",
  enabled: true,
  created_at: "2026-03-02T08:00:00.000Z",
  registered: true,
};
const registrationExample = {
  contact: "sip:1001@192.168.1.20:5060",
  address: "192.168.1.20:5060",
  transport: "UDP",
  user_agent: "Yealink SIP-T46U",
  expires_at: "2026-03-02T09:00:00.000Z",
};

export const accountSchema = Type.Object(
  {
    ...listed,
    registrations: Type.Array(registration, { description: "The telephones that are registered with it." }),
  },
  { description: "The account.", examples: [{ ...example, registrations: [registrationExample] }] },
);

export const createdAccountSchema = Type.Object(
  {
    ...listed,
    password: Type.Optional(
      Type.String({ description: "The password that was made; it is shown nowhere else." }),
    ),
  },
  {
    description: "The account was made; the Location header is its address.",
    examples: [{ ...example, registered: false, password: "8c1f0de52ab94e7763d0a1c2" }],
  },
);

export const accountListSchema = listOf(Type.Object(listed), "accounts", example);
