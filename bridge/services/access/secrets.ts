// Secrets that programs keep: 256 random bits behind an id by which they are looked up, as in `pk_ID_SECRET`. Only
// their SHA-256 is stored; a plain hash is enough because there is nothing to guess.
import { createHash } from "node:crypto";
import { equalInConstantTime, randomToken } from "#common";

/** `pk`: an API key. `pa`, `pr`: the access and the refresh token of a login. */
export type SecretKind = "pk" | "pa" | "pr";

const idBytes = 8;
const secretBytes = 32;
const shape = /^(pk|pa|pr)_([0-9a-f]{16})_[0-9a-f]{64}$/;

export const newSecretId = (): string => randomToken(idBytes);

export const newSecret = (kind: SecretKind, id: string): string =>
  `${kind}_${id}_${randomToken(secretBytes)}`;

/** Undefined when it does not have the form of one. */
export function readSecret(text: string): { readonly kind: SecretKind; readonly id: string } | undefined {
  const match = shape.exec(text);
  return match ? { kind: match[1] as SecretKind, id: match[2]! } : undefined;
}

/** SHA-256 in hexadecimal. */
export const hashOf = (secret: string): string => digest(secret).toString("hex");

/** In constant time. */
export function isHashOf(secret: string, hash: string): boolean {
  const expected = Buffer.from(hash, "hex");
  const actual = digest(secret);
  return equalInConstantTime(expected, actual);
}

const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
