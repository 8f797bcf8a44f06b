// Our side when we challenge: Digest challenges and the judgement of credentials (RFC 3261 §22.1, RFC 7616,
// RFC 8760). The account is looked up between `readCredentials` and `verify`, so that the lookup may be slow.
import { equalInConstantTime } from "#common";
import { formatChallenge, parseAuth, splitAuth } from "../message/headers.ts";
import { emptyBody } from "../message/message.ts";
import { ifReadable, SipSyntaxError } from "../message/syntax-error.ts";
import { type AlgorithmName, type DigestAlgorithm, digestResponse, ha1, readAlgorithm } from "./digest.ts";
import type { Nonces } from "./nonces.ts";

export interface ChallengeOptions {
  readonly realm: string;
  readonly nonce: string;
  /** One challenge is made for each, the preferred one first. */
  readonly algorithms?: readonly DigestAlgorithm[];
  /** The credentials were right but the nonce was old or used: the client need not ask its user again. */
  readonly stale?: boolean;
}

/** Values for WWW-Authenticate or Proxy-Authenticate, one header each. */
export function createChallenges(options: ChallengeOptions): string[] {
  const { realm, nonce, algorithms = ["SHA-256", "MD5"], stale = false } = options;
  return algorithms.map((algorithm) => {
    const params = new Map([
      ["realm", realm],
      ["nonce", nonce],
      ["algorithm", algorithm as string],
      ["qop", "auth"],
    ]);
    if (stale) params.set("stale", "true");
    return formatChallenge({ scheme: "Digest", token: undefined, params });
  });
}

/** The credentials of one Authorization or Proxy-Authorization header. */
export interface Credentials extends AlgorithmName {
  readonly username: string;
  readonly realm: string;
  readonly nonce: string;
  readonly uri: string;
  readonly response: string;
  readonly qop: "auth" | "auth-int" | undefined;
  readonly nc: string;
  readonly cnonce: string;
}

/** The first Digest credentials for `realm` among the values; undefined when there are none that are complete. */
export function readCredentials(values: readonly string[], realm: string): Credentials | undefined {
  for (const value of values.flatMap(splitAuth)) {
    const credentials = ifReadable(() => read(value));
    if (credentials?.realm === realm) return credentials;
  }
  return undefined;
}

function read(value: string): Credentials | undefined {
  const { scheme, params } = parseAuth(value);
  const name = readAlgorithm(params.get("algorithm"));
  if (scheme.toLowerCase() !== "digest" || !name) return undefined;
  const must = (key: string): string => {
    const found = params.get(key);
    if (found === undefined) throw new SipSyntaxError("Authorization", `${key} is missing`);
    return found;
  };
  // An empty qop counts as absent.
  const qop = params.get("qop")?.trim().toLowerCase() || undefined;
  if (qop !== undefined && qop !== "auth" && qop !== "auth-int") return undefined;
  const nc = qop === undefined ? "" : must("nc");
  if (qop !== undefined && !/^[\da-f]{8}$/i.test(nc)) return undefined;
  const cnonce = qop === undefined && !name.session ? "" : must("cnonce");
  return {
    ...name,
    username: must("username"),
    realm: must("realm"),
    nonce: must("nonce"),
    uri: must("uri"),
    response: must("response").toLowerCase(),
    qop,
    nc,
    cnonce,
  };
}

export interface VerifyOptions {
  /** The source of the request, named as in `Nonces.issue` when it was challenged. */
  readonly source: string;
  readonly method: string;
  /** The account's password, or its HA1 for the algorithm of the credentials; neither when there is no account. */
  readonly password?: string;
  readonly ha1?: string;
  readonly body?: Uint8Array;
}

/**
 * `stale`: challenge again with `stale`. The credentials are right, or not judged, because the nonce was not issued to
 * their source, or before our start. `wrong`: no such account, or a wrong password.
 */
export type Verdict = "accepted" | "stale" | "wrong";

/** Does the same work whether the account exists or not. Records the use of the nonce. */
export function verify(credentials: Credentials, nonces: Nonces, options: VerifyOptions): Verdict {
  const { algorithm, username, realm, nonce, qop } = credentials;
  const known = options.ha1 !== undefined || options.password !== undefined;
  const secret = options.ha1 ?? ha1(algorithm, username, realm, options.password ?? "");
  const expected = digestResponse({
    ...credentials,
    ha1: secret,
    method: options.method,
    body: options.body ?? emptyBody,
  });
  const right = equalInConstantTime(expected, credentials.response);
  const state = nonces.check(nonce, options.source);
  // A verdict on the password is given only to a source that has received our challenge: a sender with a forged address has not,
  // and cannot get a user banned; a client whose address has changed gets another challenge.
  if (state === "unknown") return "stale";
  if (!known || !right) return "wrong";
  if (state !== "fresh") return "stale";
  // Without qop there is no count: such a nonce may be used once.
  const count = qop === undefined ? 1 : Number.parseInt(credentials.nc, 16);
  return nonces.use(nonce, options.source, count) ? "accepted" : "stale";
}
