// Judges a JSON Web Token of the configured issuer (RFC 7519, RFC 8725) and reads out of it who a person is and what they
// may do. Nothing is asked of the issuer for a token that does not name it.
import { decodeJwt, errors, type JWTPayload, jwtVerify } from "jose";
import { type Clock, errorCode, isName, type Logger } from "#common";
import { type Role, roles } from "../scopes.ts";
import type { GetJson } from "./get-json.ts";
import { IssuerKeys, type KeySet } from "./issuer-keys.ts";

export interface OidcTokensOptions {
  readonly issuer: string;
  /** The value that `aud` must contain. */
  readonly audience: string;
  /** A claim by its name, or by its path with points between: `realm_access.roles`. */
  readonly roleClaim: string;
  readonly roleOf: readonly { readonly value: string; readonly role: Role }[];
  /** Of tokens whose role claim names none of those; undefined: they are refused. */
  readonly defaultRole: Role | undefined;
  readonly nameClaim: string;
  readonly clockToleranceSeconds: number;
  readonly getJson: GetJson;
  readonly clock: Clock;
  readonly log: Logger;
}

/** The user that a token is for. */
export interface OidcIdentity {
  readonly issuer: string;
  readonly subject: string;
  readonly name: string;
  readonly role: Role;
  /** Seconds since 1970, the tolerance included. */
  readonly expiresAt: number;
}

export type OidcVerdict =
  | { readonly kind: "valid"; readonly identity: OidcIdentity }
  | { readonly kind: "unknown" }
  | { readonly kind: "unavailable"; readonly seconds: number };

/** Signatures that only the issuer can make. */
const algorithms = [
  ...["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"],
  ...["ES256", "ES384", "ES512", "EdDSA", "Ed25519"],
];
const maxTokenLength = 8192;
const maxSubjectLength = 255;
const maxRoleValues = 500;
const shape = /^eyJ[\w-]*\.[\w-]+\.[\w-]+$/;
const unknown = { kind: "unknown" } as const;

export class OidcTokens {
  readonly #options: OidcTokensOptions;
  readonly #keys: IssuerKeys;

  constructor(options: OidcTokensOptions) {
    this.#options = options;
    this.#keys = new IssuerKeys(options);
  }

  /** Reads the keys before the first token comes. Nothing waits for it; never rejects. */
  async prepare(): Promise<void> {
    await this.#keys.current();
  }

  async judge(token: string): Promise<OidcVerdict> {
    if (!this.#isOfIssuer(token)) return unknown;
    const keys = await this.#keys.current();
    if (!keys) return { kind: "unavailable", seconds: this.#keys.retrySeconds };
    try {
      const identity = this.#identityOf(await this.#verify(token, keys));
      if (identity) return { kind: "valid", identity };
      this.#options.log.info("a token of the issuer names no user or no admitted role");
    } catch (error) {
      this.#options.log.info({ code: errorCode(error) }, "a token of the issuer was refused");
    }
    return unknown;
  }

  /** Before anything is verified, and so nothing but a reason to go on. */
  #isOfIssuer(token: string): boolean {
    if (token.length > maxTokenLength || !shape.test(token)) return false;
    try {
      return decodeJwt(token).iss === this.#options.issuer;
    } catch {
      return false;
    }
  }

  async #verify(token: string, keys: KeySet): Promise<JWTPayload> {
    const { issuer, audience, clockToleranceSeconds, clock } = this.#options;
    const verify = async (set: KeySet) => {
      const { payload } = await jwtVerify(token, set, {
        ...{ issuer, audience, algorithms, clockTolerance: clockToleranceSeconds },
        ...{ currentDate: new Date(clock.now()), requiredClaims: ["exp", "sub"] },
      });
      return payload;
    };
    try {
      return await verify(keys);
    } catch (error) {
      const newer = error instanceof errors.JWKSNoMatchingKey && (await this.#keys.newer(keys));
      if (!newer) throw error;
      return verify(newer);
    }
  }

  #identityOf(claims: JWTPayload): OidcIdentity | undefined {
    const { issuer, clockToleranceSeconds, nameClaim } = this.#options;
    const { sub: subject, exp = 0 } = claims;
    const role = this.#roleOf(claims);
    if (typeof subject !== "string" || subject === "" || subject.length > maxSubjectLength) return undefined;
    if (role === undefined) return undefined;
    const names = [claims[nameClaim], claims["name"], claims["email"], subject];
    const name = names.find((one): one is string => typeof one === "string" && isName(one)) ?? "user";
    return { issuer, subject, name, role, expiresAt: Math.floor(exp) + clockToleranceSeconds };
  }

  /** The role with the most rights among those to which the claim's values are mapped. */
  #roleOf(claims: JWTPayload): Role | undefined {
    const { roleClaim, roleOf, defaultRole } = this.#options;
    const claimed = claims[roleClaim] ?? valueAt(claims, roleClaim.split("."));
    const values = new Set<unknown>(Array.isArray(claimed) ? claimed.slice(0, maxRoleValues) : [claimed]);
    const named = new Set(roleOf.filter(({ value }) => values.has(value)).map(({ role }) => role));
    return roles.find((role) => named.has(role)) ?? defaultRole;
  }
}

function valueAt(claims: unknown, path: readonly string[]): unknown {
  let value = claims;
  for (const name of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return undefined;
    value = (value as Record<string, unknown>)[name];
  }
  return value;
}
