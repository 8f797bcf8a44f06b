// The party at the other end of a call, and whom a call was for before it was diverted.

/** Who calls, as far as we believe it: an asserted identity counts when its source is trusted (RFC 3325). */
export interface Caller {
  readonly displayName: string | undefined;
  /** The user part of the identity: an extension, a telephone number, or `anonymous`. */
  readonly number: string;
  /** The URI as written. */
  readonly uri: string;
  /** The caller asked not to be named (RFC 3323); nothing above names them then. */
  readonly anonymous: boolean;
}

/** The number that was called first (RFC 5806, RFC 7044), and why the call did not stay there. */
export interface Diversion {
  readonly number: string;
  readonly uri: string;
  readonly reason: string | undefined;
}
