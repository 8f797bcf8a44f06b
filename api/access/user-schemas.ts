// The shapes of users on the wire. A password goes in and never comes out.
import { Type } from "typebox";
import { passwordLength, type Role, roles } from "#services/access";
import { readOnlyFields } from "../read-only.ts";
import { nameText, usernameText } from "../texts.ts";
import { instant, listOf } from "./operation.ts";

export const username = Type.String({
  minLength: 1,
  maxLength: 64,
  pattern: usernameText,
  description: "The name to log in with: letters, digits and `. _ @ -`. Upper and lower case are the same.",
});

export const newPassword = Type.String({
  minLength: passwordLength.least,
  maxLength: passwordLength.most,
  description: `At least ${passwordLength.least} characters, the user's name not among them.`,
});

const role = Type.Unsafe<Role>({
  type: "string",
  enum: [...roles],
  description:
    "`admin`: everything. `operator`: rooms, calls, recordings and looking at them. `viewer`: looking at rooms. `user`: " +
    "what every user may do, and rooms of their own.",
});
const displayName = Type.String({
  minLength: 1,
  maxLength: 128,
  pattern: nameText,
  description: "The name that is shown. The user name when it is not given.",
});
const email = Type.Unsafe<string | null>({
  type: ["string", "null"],
  maxLength: 254,
  examples: ["ana@example.com"],
  description:
    "Where invitations to rooms that have the user among their `internal_invitees` go. `null` or empty: nowhere, unless the " +
    "user name is a mail address.",
});
const enabled = Type.Boolean({
  default: true,
  description: "Whether the user can log in. Disabling ends every login.",
});

export const createUserSchema = Type.Object(
  {
    username,
    password: newPassword,
    role,
    display_name: Type.Optional(displayName),
    email: Type.Optional(email),
    enabled: Type.Optional(enabled),
  },
  {
    additionalProperties: false,
    examples: [
      {
        ...{ username: "ana", password: "correct horse battery", role: "operator" },
        ...{ display_name: "Ana", email: "ana@example.com" },
      },
    ],
  },
);

export const fixedUserFields = ["id", "username", "created_at"] as const;
/** It changes by itself: a value that a client sends back is ignored. */
export const movingUserFields = ["last_login_at"] as const;

export const updateUserSchema = Type.Object(
  {
    ...Type.Partial(Type.Object({ password: newPassword, role, display_name: displayName, email, enabled }))
      .properties,
    ...readOnlyFields([...fixedUserFields, ...movingUserFields]),
  },
  { additionalProperties: false, examples: [{ role: "viewer" }] },
);

const userObject = Type.Object({
  id: Type.String({ description: "The id of the user." }),
  username,
  display_name: displayName,
  email: Type.Optional(
    Type.String({ description: "Where invitations go, its domain in lower case; absent: nowhere is set." }),
  ),
  role,
  enabled,
  created_at: instant("When it was made."),
  last_login_at: Type.Optional(instant("When the user last logged in; absent: never.")),
});

const example = {
  id: "9a1c4a5e-6f0c-4c2b-9d5e-2a7a4d3c1b0f",
  username: "ana",
  display_name: "Ana",
  email: "ana@example.com",
  role: "operator",
  enabled: true,
  created_at: "2026-03-02T08:00:00.000Z",
};

export const userSchema = Type.Object(userObject.properties, {
  description: "The user.",
  examples: [example],
});
export const createdUserSchema = Type.Object(userObject.properties, {
  description: "The user was made; the Location header is its address.",
  examples: [example],
});
export const userListSchema = listOf(userObject, "users", example);
