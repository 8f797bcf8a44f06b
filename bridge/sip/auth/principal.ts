// The holder of credentials: what the owner of the endpoint returns for a user name or a token.
import type { DigestAlgorithm } from "./digest.ts";

/** The holder of credentials, as the owner knows it. */
export interface Principal {
  /** Unique among all holders, such as `account:1001`. */
  readonly id: string;
  /** The caller's identity, which precedes From; undefined: From is believed. Without a name here, that of From is shown. */
  readonly caller?: { readonly number: string; readonly displayName: string | undefined };
  /** The user part of the address-of-record that may be registered with these credentials; undefined: none. */
  readonly addressOfRecord?: string;
  /** Claims of the credentials as one line that only their issuer writes and reads; it is kept with a call over a restart. */
  readonly claims?: string;
}

/** The credential of a digest user name: the password, or its HA1 by algorithm. */
export interface DigestCredential {
  readonly principal: Principal;
  readonly password?: string;
  readonly ha1?: Readonly<Partial<Record<DigestAlgorithm, string>>>;
}

/** The verdict on a bearer token (RFC 8898 §2.2). */
export type BearerVerdict =
  | { readonly kind: "accepted"; readonly principal: Principal }
  /** It was valid once. */
  | { readonly kind: "expired" }
  /** Not issued by us, or revoked. */
  | { readonly kind: "wrong" };
