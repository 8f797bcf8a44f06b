// Whom credentials belong to: what the owner of the endpoint answers when a request names a user or brings a token.
import type { DigestAlgorithm } from "./digest.ts";

/** The holder of credentials, as the owner knows it. */
export interface Principal {
  /** Unique among all holders, such as `account:1001`. */
  readonly id: string;
  /** Who calls with these credentials, whatever From says; undefined: From is believed, and its name where there is none. */
  readonly caller?: { readonly number: string; readonly displayName: string | undefined };
  /** The user part of the address-of-record that may be registered with them; undefined: none. */
  readonly addressOfRecord?: string;
  /** What the credentials say of their holder, as one line that their issuer writes and reads: it goes with a call over a restart. */
  readonly claims?: string;
}

/** What a digest user name leads to: the password, or its HA1 by algorithm. */
export interface DigestCredential {
  readonly principal: Principal;
  readonly password?: string;
  readonly ha1?: Readonly<Partial<Record<DigestAlgorithm, string>>>;
}

/** What a bearer token is worth (RFC 8898 §2.2). */
export type BearerVerdict =
  | { readonly kind: "accepted"; readonly principal: Principal }
  /** It was right once. */
  | { readonly kind: "expired" }
  /** Not ours, or revoked. */
  | { readonly kind: "wrong" };
