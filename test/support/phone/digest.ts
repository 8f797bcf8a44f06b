// The phone's answer to a challenge (RFC 8760, RFC 7616 with qop `auth` or none), written without the product's code.
import { createHash, randomBytes } from "node:crypto";
import { headersOf, type Message } from "./message.ts";

export interface Credentials {
  readonly user: string;
  readonly password: string;
}

const hashes: Readonly<Record<string, string>> = { md5: "md5", "sha-256": "sha256" };

/** The header that answers a 401 or 407; undefined for any other response and for challenges that we cannot answer. */
export function answerChallenge(
  response: Message,
  credentials: Credentials,
  request: { readonly method: string; readonly uri: string },
  cnonce = randomBytes(8).toString("hex"),
): readonly [name: string, value: string] | undefined {
  const proxy = response.status === 407;
  if (!proxy && response.status !== 401) return undefined;
  const challenges = headersOf(response, proxy ? "Proxy-Authenticate" : "WWW-Authenticate");
  for (const challenge of challenges) {
    const parameters = parametersOf(challenge);
    const hashName = hashes[(parameters.get("algorithm") ?? "MD5").toLowerCase()];
    if (!/^Digest\s/i.test(challenge) || hashName === undefined) continue;
    const value = digest(parameters, { hashName, credentials, request, cnonce });
    return [proxy ? "Proxy-Authorization" : "Authorization", value];
  }
  return undefined;
}

interface DigestParts {
  readonly hashName: string;
  readonly credentials: Credentials;
  readonly request: { readonly method: string; readonly uri: string };
  readonly cnonce: string;
}

function digest(challenge: ReadonlyMap<string, string>, parts: DigestParts): string {
  const { hashName, credentials, request, cnonce } = parts;
  const hash = (text: string): string => createHash(hashName).update(text).digest("hex");
  const realm = challenge.get("realm") ?? "";
  const nonce = challenge.get("nonce") ?? "";
  const auth = (challenge.get("qop") ?? "").split(",").some((qop) => qop.trim() === "auth");
  const who = hash(`${credentials.user}:${realm}:${credentials.password}`);
  const what = hash(`${request.method}:${request.uri}`);
  const count = "00000001";
  const response = hash(auth ? `${who}:${nonce}:${count}:${cnonce}:auth:${what}` : `${who}:${nonce}:${what}`);
  const algorithm = challenge.get("algorithm");
  const opaque = challenge.get("opaque");
  return [
    `Digest username="${credentials.user}"`,
    `realm="${realm}"`,
    `nonce="${nonce}"`,
    `uri="${request.uri}"`,
    `response="${response}"`,
    ...(algorithm === undefined ? [] : [`algorithm=${algorithm}`]),
    ...(opaque === undefined ? [] : [`opaque="${opaque}"`]),
    ...(auth ? [`qop=auth, nc=${count}, cnonce="${cnonce}"`] : []),
  ].join(", ");
}

function parametersOf(challenge: string): ReadonlyMap<string, string> {
  const found = challenge.matchAll(/([a-z]+)\s*=\s*(?:"([^"]*)"|([^\s,]+))/gi);
  return new Map(
    [...found].map(([, name = "", quoted, plain]) => [name.toLowerCase(), quoted ?? plain ?? ""]),
  );
}
