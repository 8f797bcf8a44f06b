// Why a call was refused or has ended (RFC 3326).

/** A refusal or an end in the words of RFC 3326: `Reason: SIP;cause=403;text="Conference locked"`. */
export interface Cause {
  /** The SIP status that says it best, even at the end of an answered call. */
  readonly status: number;
  readonly text: string;
}

export interface Rejection extends Cause {
  /** Seconds, for 503 and 486 where a later try makes sense. */
  readonly retryAfter?: number;
  /** RFC 3261 §20.43: what of a description could not be used, and its code. */
  readonly warning?: { readonly code: number; readonly text: string };
}

export interface SessionEnd {
  readonly by: "local" | "remote" | "failure";
  readonly cause: Cause;
}
