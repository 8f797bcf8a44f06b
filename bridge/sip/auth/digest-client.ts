// Makes the credentials that a request is sent again with after a 401 or 407 (RFC 3261 §22.2, §22.3). Keeps
// no state between two requests: the refused request itself holds the credentials that were sent before.
//
//   challenges by realm → the best of each → answered, unless our answer to that realm was just refused
import { randomToken } from "#common";
import { formatCredentials, parseAuth, splitAuth } from "../message/headers.ts";
import { emptyBody, type SipRequest, type SipResponse } from "../message/message.ts";
import { ifReadable } from "../message/syntax-error.ts";
import { type AlgorithmName, digestResponse, ha1, readAlgorithm } from "./digest.ts";

/** Answers a challenge (401, 407): the headers to add to the request, or undefined to give up. */
export type Authenticate = (
  challenge: SipResponse,
  request: SipRequest,
) => readonly (readonly [name: string, value: string])[] | undefined;

export interface DigestLogin {
  readonly username: string;
  readonly password: string;
  /** The only realm that gets an answer; undefined: every realm. */
  readonly realm?: string | undefined;
}

const sides = [
  { challenge: "Proxy-Authenticate", credentials: "Proxy-Authorization" },
  { challenge: "WWW-Authenticate", credentials: "Authorization" },
] as const;

/** A server sends a challenge for each algorithm, a forking proxy for each branch; further ones are ignored. */
const maxChallenges = 8;

/** Credentials that a request has carried. */
interface Carried {
  readonly challenge: Challenge;
  readonly count: number;
}

/** For `CallOptions.authenticate` and `RequestOptions.authenticate`. */
export function digestAnswerer(login: DigestLogin, cnonce = () => randomToken(8)): Authenticate {
  return (response, request) => {
    const { username, password } = login;
    const { method, uri, body } = request;
    const answer = (challenge: Challenge, count: number) =>
      answerChallenge(challenge, { username, password, method, uri, body, count, cnonce: cnonce() });
    const lines: (readonly [name: string, value: string])[] = [];
    let answered = 0;
    for (const side of sides) {
      const carried = carriedBy(request, side.credentials);
      for (const challenge of challengesOf(response, side.challenge)) {
        if (login.realm !== undefined && challenge.realm !== login.realm) continue;
        const before = carried.get(challenge.realm);
        // Right but outdated credentials are worth another try; anything else means that the password is wrong (§22.2).
        if (before && (!challenge.stale || before.challenge.nonce === challenge.nonce)) return undefined;
        carried.delete(challenge.realm);
        lines.push([side.credentials, answer(challenge, 1)]);
        answered += 1;
      }
      // Other realms on the way have not objected: their credentials are sent again, with the nonce count increased.
      for (const { challenge, count } of carried.values()) {
        lines.push([side.credentials, answer(challenge, count + 1)]);
      }
    }
    return answered === 0 ? undefined : lines;
  };
}

/** The best challenge of each realm, in order of appearance. */
function challengesOf(response: SipResponse, header: string): Challenge[] {
  const byRealm = new Map<string, string[]>();
  for (const value of response.headers.all(header).flatMap(splitAuth).slice(0, maxChallenges)) {
    const realm = readChallenge(value)?.realm;
    if (realm === undefined) continue;
    const values = byRealm.get(realm);
    if (values) values.push(value);
    else byRealm.set(realm, [value]);
  }
  return [...byRealm.values()].flatMap((values) => chooseChallenge(values) ?? []);
}

function carriedBy(request: SipRequest, header: string): Map<string, Carried> {
  const carried = new Map<string, Carried>();
  for (const value of request.headers.all(header)) {
    const challenge = readChallenge(value);
    if (challenge) carried.set(challenge.realm, { challenge, count: countOf(value, header) });
  }
  return carried;
}

/** The nonce count in the credentials. */
function countOf(credentials: string, header: string): number {
  const nc = ifReadable(() => parseAuth(credentials, header))?.params.get("nc");
  const count = Number.parseInt(nc ?? "", 16);
  return Number.isNaN(count) ? 1 : count;
}

export interface Challenge extends AlgorithmName {
  readonly realm: string;
  readonly nonce: string;
  readonly opaque: string | undefined;
  readonly qop: "auth" | "auth-int" | undefined;
  /** Our credentials were right but the nonce was too old: trying once more makes sense. */
  readonly stale: boolean;
  /** As written in the challenge; undefined when it has none. */
  readonly algorithmText: string | undefined;
}

/** The first challenge that can be answered: the server sends its preferred one first. */
export function chooseChallenge(values: readonly string[]): Challenge | undefined {
  for (const value of values) {
    const challenge = readChallenge(value);
    if (challenge) return challenge;
  }
  return undefined;
}

/** Undefined when it is not Digest, incomplete, or asks for something unsupported. */
function readChallenge(value: string): Challenge | undefined {
  const params = paramsOf(value);
  const realm = params?.get("realm");
  const nonce = params?.get("nonce");
  const algorithmText = params?.get("algorithm");
  const algorithm = readAlgorithm(algorithmText);
  if (!params || realm === undefined || nonce === undefined || !algorithm) return undefined;
  // An empty qop counts as absent.
  const written = params.get("qop")?.trim().toLowerCase();
  const offered = written ? written.split(/[\s,]+/) : undefined;
  const qop = offered && (["auth", "auth-int"] as const).find((known) => offered.includes(known));
  if (offered && !qop) return undefined;
  const stale = params.get("stale")?.toLowerCase() === "true";
  return { ...algorithm, realm, nonce, opaque: params.get("opaque"), qop, stale, algorithmText };
}

function paramsOf(value: string): ReadonlyMap<string, string> | undefined {
  const auth = ifReadable(() => parseAuth(value, "WWW-Authenticate"));
  return auth?.scheme.toLowerCase() === "digest" ? auth.params : undefined;
}

export interface AnswerInput {
  readonly username: string;
  readonly password: string;
  readonly method: string;
  /** The Request-URI as sent. */
  readonly uri: string;
  readonly body?: Uint8Array;
  /** How often this nonce has been used, this use included: from 1. */
  readonly count: number;
  /** Fresh random text. */
  readonly cnonce: string;
}

/** The value for Authorization or Proxy-Authorization. */
export function answerChallenge(challenge: Challenge, input: AnswerInput): string {
  const { algorithm, realm, nonce, qop, session } = challenge;
  const { username, method, uri, cnonce } = input;
  const nc = input.count.toString(16).padStart(8, "0");
  const secret = ha1(algorithm, username, realm, input.password);
  const body = input.body ?? emptyBody;
  const response = digestResponse({
    algorithm,
    session,
    ha1: secret,
    method,
    uri,
    nonce,
    qop,
    nc,
    cnonce,
    body,
  });
  const params = new Map([
    ["username", username],
    ["realm", realm],
    ["nonce", nonce],
    ["uri", uri],
    ["response", response],
  ]);
  if (challenge.algorithmText !== undefined) params.set("algorithm", challenge.algorithmText);
  if (challenge.opaque !== undefined) params.set("opaque", challenge.opaque);
  if (qop !== undefined) params.set("qop", qop).set("nc", nc);
  if (qop !== undefined || session) params.set("cnonce", cnonce);
  return formatCredentials({ scheme: "Digest", token: undefined, params });
}
