// The key `oidc`: whose tokens are taken as those of users (OpenID Connect), and what their roles are here.
import { type Static, Type } from "typebox";
import { StartError } from "#common";

const text = (value: string, description: string) => Type.String({ default: value, description });
const userRoles = ["admin", "operator", "viewer", "user"] as const;

export const oidcSchema = Type.Object(
  {
    issuer: text(
      "",
      "Whose tokens are taken, as they have it in iss: https://login.example.com/realms/main. Its keys are found by OpenID Connect Discovery. Empty: none.",
    ),
    audience: text("", "What a token must name in aud: this bridge, as the issuer calls it."),
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
          value: text("", "What the claim names."),
          role: Type.Enum(userRoles, { default: "user", description: "What that is here." }),
        },
        { additionalProperties: false },
      ),
      {
        maxItems: 100,
        default: [],
        description:
          "Which values of role_claim stand for which role; of several the one with the most rights holds.",
      },
    ),
    default_role: Type.Enum([...userRoles, "none"], {
      default: "user",
      description: "The role of those whose token names none of these. none: they are refused.",
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

/** In the clear only on this machine itself. */
const isProtected = ({ protocol, hostname }: URL): boolean =>
  protocol === "https:" || (protocol === "http:" && ["localhost", "127.0.0.1", "[::1]"].includes(hostname));
