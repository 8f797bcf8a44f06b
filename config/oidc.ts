// The key `oidc`: the issuer whose tokens are accepted for users (OpenID Connect), and their roles.
import { type Static, Type } from "typebox";
import { StartError } from "#common";

const text = (value: string, description: string) => Type.String({ default: value, description });
const userRoles = ["admin", "operator", "viewer", "user"] as const;

export const oidcSchema = Type.Object(
  {
    issuer: text(
      "",
      "Issuer of the accepted tokens, as in their claim iss: https://login.example.com/realms/main. Its keys are found by OpenID Connect Discovery. Empty: none.",
    ),
    audience: text(
      "",
      "Audience that a token must have in its claim aud: the name of this bridge at the issuer.",
    ),
    ca: text(
      "",
      "PEM file of the authority that signed the issuer's certificate, where it is not one of the public ones.",
    ),
    role_claim: text(
      "roles",
      "The claim with a person's roles, a text or a list: its name, or its path, such as realm_access.roles.",
    ),
    roles: Type.Array(
      Type.Object(
        {
          value: text("", "Value in the claim."),
          role: Type.Enum(userRoles, { default: "user", description: "Role that the value gives." }),
        },
        { additionalProperties: false },
      ),
      {
        maxItems: 100,
        default: [],
        description: "Roles by the values of role_claim; of several the one with the most rights applies.",
      },
    ),
    default_role: Type.Enum([...userRoles, "none"], {
      default: "user",
      description: "Role of a user whose token has none of these values. none: the user is refused.",
    }),
    name_claim: text(
      "preferred_username",
      "The claim with the name that is shown; otherwise name, email or sub.",
    ),
    clock_tolerance_seconds: Type.Integer({
      minimum: 0,
      maximum: 300,
      default: 30,
      description: "How far the issuer's clock and this machine's may differ.",
    }),
  },
  {
    additionalProperties: false,
    description: "Users of a login service outside, by its tokens (OpenID Connect).",
  },
);

/** Throws StartError. */
export function checkOidc({ issuer, audience, roles }: Static<typeof oidcSchema>): void {
  if (issuer === "") return;
  const url = URL.parse(issuer);
  if (!url || !isProtected(url) || url.search !== "" || url.hash !== "" || url.username !== "") {
    throw new StartError(`oidc.issuer must be an https address without a query (it is "${issuer}")`);
  }
  if (audience === "") throw new StartError("oidc.issuer needs oidc.audience");
  const index = roles.findIndex(({ value }) => value === "");
  if (index >= 0) throw new StartError(`oidc.roles[${index}].value must not be empty`);
}

/** Whether the issuer is reached by https; http is accepted only on this machine itself. */
const isProtected = ({ protocol, hostname }: URL): boolean =>
  protocol === "https:" || (protocol === "http:" && ["localhost", "127.0.0.1", "[::1]"].includes(hostname));
