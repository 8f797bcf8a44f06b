// Our side when somebody challenges us: credentials for a 401 or 407 (RFC 3261 §22.2, RFC 8760 §2.4).
import { formatCredentials, parseAuth } from "../message/headers.ts";
import { emptyBody } from "../message/message.ts";
import { SipSyntaxError } from "../message/syntax-error.ts";
import { type AlgorithmName, digestResponse, ha1, readAlgorithm } from "./digest.ts";

export interface Challenge extends AlgorithmName {
  readonly realm: string;
  readonly nonce: string;
  readonly opaque: string | undefined;
  readonly qop: "auth" | "auth-int" | undefined;
  /** Our credentials were right but the nonce was too old: trying once more makes sense. */
  readonly stale: boolean;
  /** As the challenge wrote it; undefined when it did not. */
  readonly algorithmText: string | undefined;
}

/** The first challenge that can be answered: the server has put the one it likes best on top. */
export function chooseChallenge(values: readonly string[]): Challenge | undefined {
  for (const value of values) {
    const challenge = readChallenge(value);
    if (challenge) return challenge;
  }
  return undefined;
}

/** Undefined when it is not Digest, lacks something, or wants what we cannot do. */
export function readChallenge(value: string): Challenge | undefined {
  const params = paramsOf(value);
  const realm = params?.get("realm");
  const nonce = params?.get("nonce");
  const algorithmText = params?.get("algorithm");
  const algorithm = readAlgorithm(algorithmText);
  if (!params || realm === undefined || nonce === undefined || !algorithm) return undefined;
  const offered = params
    .get("qop")
    ?.toLowerCase()
    .split(/[\s,]+/);
  const qop = offered && (["auth", "auth-int"] as const).find((known) => offered.includes(known));
  if (offered && !qop) return undefined;
  const stale = params.get("stale")?.toLowerCase() === "true";
  return { ...algorithm, realm, nonce, opaque: params.get("opaque"), qop, stale, algorithmText };
}

function paramsOf(value: string): ReadonlyMap<string, string> | undefined {
  try {
    const auth = parseAuth(value, "WWW-Authenticate");
    return auth.scheme.toLowerCase() === "digest" ? auth.params : undefined;
  } catch (error) {
    if (error instanceof SipSyntaxError) return undefined;
    throw error;
  }
}

export interface AnswerInput {
  readonly username: string;
  readonly password: string;
  readonly method: string;
  /** The Request-URI as sent. */
  readonly uri: string;
  readonly body?: Uint8Array;
  /** How often this nonce has been used, this time included: from 1. */
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
