// Whose tokens from outside are taken, in the words of the configuration.
import { readFileSync } from "node:fs";
import { type Clock, errorMessage, type Logger, StartError } from "#common";
import type { Config } from "#config";
import { createGetJson, OidcTokens } from "#services/access";

/** Undefined when there is no issuer. Throws StartError when the file with its authority cannot be read. */
export function openOidcTokens(
  { oidc }: Pick<Config, "oidc">,
  { clock, log }: { readonly clock: Clock; readonly log: Logger },
): OidcTokens | undefined {
  if (oidc.issuer === "") return undefined;
  const tokens = new OidcTokens({
    issuer: oidc.issuer,
    audience: oidc.audience,
    roleClaim: oidc.role_claim,
    roleOf: oidc.roles,
    defaultRole: oidc.default_role === "none" ? undefined : oidc.default_role,
    nameClaim: oidc.name_claim,
    clockToleranceSeconds: oidc.clock_tolerance_seconds,
    getJson: createGetJson({ clock, ca: readOidcAuthority(oidc.ca) }),
    clock,
    log,
  });
  // Neither the start nor other credentials wait for the issuer.
  void tokens.prepare();
  return tokens;
}

/** Throws StartError. */
export function readOidcAuthority(path: string): string {
  try {
    return path === "" ? "" : readFileSync(path, "utf8");
  } catch (error) {
    throw new StartError(`oidc.ca: ${errorMessage(error)}`, { cause: error });
  }
}
