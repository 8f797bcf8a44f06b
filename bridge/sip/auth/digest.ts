// The arithmetic of Digest authentication: RFC 7616 with the SIP profile of RFC 8760, and the form without qop
// of RFC 2069 that old phones still use. Pure; knows neither accounts nor nonces.
import { createHash } from "node:crypto";

/** Strongest first: the order in which challenges are sent (RFC 8760 §2.3). */
export const digestAlgorithms = ["SHA-512-256", "SHA-256", "MD5"] as const;
export type DigestAlgorithm = (typeof digestAlgorithms)[number];

/** An algorithm as a header names it; `session` for the `-sess` variants. */
export interface AlgorithmName {
  readonly algorithm: DigestAlgorithm;
  readonly session: boolean;
}

/** A missing or empty name means MD5 (RFC 7616 §3.3); undefined for an unsupported algorithm. */
export function readAlgorithm(name: string | undefined): AlgorithmName | undefined {
  const upper = (name?.trim() || "MD5").toUpperCase().replace(/^SHA256/, "SHA-256");
  const session = upper.endsWith("-SESS");
  const plain = session ? upper.slice(0, -5) : upper;
  const algorithm = digestAlgorithms.find((known) => known === plain);
  return algorithm && { algorithm, session };
}

const hashes = { MD5: "md5", "SHA-256": "sha256", "SHA-512-256": "sha512-256" } as const;

function hash(algorithm: DigestAlgorithm, ...parts: (string | Uint8Array)[]): string {
  const digest = createHash(hashes[algorithm]);
  for (const part of parts) digest.update(part);
  return digest.digest("hex");
}

/** What a server stores instead of the password: H(username:realm:password), lower-case hexadecimal. */
export const ha1 = (algorithm: DigestAlgorithm, username: string, realm: string, password: string): string =>
  hash(algorithm, `${username}:${realm}:${password}`);

export interface DigestInput extends AlgorithmName {
  readonly ha1: string;
  readonly method: string;
  readonly uri: string;
  readonly nonce: string;
  /** Undefined for the old form, which has neither `nc` nor `cnonce`. */
  readonly qop: "auth" | "auth-int" | undefined;
  /** Eight hexadecimal digits, as in the header. */
  readonly nc: string;
  readonly cnonce: string;
  /** Only hashed for `auth-int`. */
  readonly body: Uint8Array;
}

/** The `response` parameter, lower-case hexadecimal (RFC 7616 §3.4.1). */
export function digestResponse(input: DigestInput): string {
  const { algorithm, nonce, qop, nc, cnonce } = input;
  const a1 = input.session ? hash(algorithm, `${input.ha1}:${nonce}:${cnonce}`) : input.ha1;
  const a2 = `${input.method}:${input.uri}`;
  const ha2 = hash(algorithm, qop === "auth-int" ? `${a2}:${hash(algorithm, input.body)}` : a2);
  if (qop === undefined) return hash(algorithm, `${a1}:${nonce}:${ha2}`);
  return hash(algorithm, `${a1}:${nonce}:${nc}:${cnonce}:${qop}:${ha2}`);
}
