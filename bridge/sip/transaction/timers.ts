// The protocol constants of the transaction layer (RFC 3261 §17.1.1.1 and table 4, RFC 6026 §7), all in
// milliseconds. Timer C belongs to proxies and does not exist here.

/** Estimate of the round-trip time. */
export const T1 = 500;
/** The longest interval between retransmissions of a non-INVITE request or an INVITE's final response. */
export const T2 = 4000;
/** How long a message may stay in the network. */
export const T4 = 5000;
/** How long a peer's message is awaited: timers B, F, H, J, L, M and the wait after a CANCEL (§9.1). */
export const transactionTimeout = 64 * T1;

/** An INVITE that the user has not answered by then is answered 100 (§17.2.1). */
export const tryingDelay = 200;
/** Retry-After of the 503 when the transaction table is full, in seconds. */
export const overloadRetryAfterSeconds = 5;

/**
 * The timers by the RFC's letters, plus `trying` for the automatic 100 and `cancelled` for the wait after a CANCEL
 * (§9.1), which have no letters.
 */
export type TimerName =
  | "A"
  | "B"
  | "D"
  | "E"
  | "F"
  | "G"
  | "H"
  | "I"
  | "J"
  | "K"
  | "L"
  | "M"
  | "trying"
  | "cancelled";

/** Timers that wait for retransmissions: over a reliable transport there are none. */
export const retransmitWait = {
  D: (reliable: boolean) => (reliable ? 0 : 32_000),
  I: (reliable: boolean) => (reliable ? 0 : T4),
  J: (reliable: boolean) => (reliable ? 0 : transactionTimeout),
  K: (reliable: boolean) => (reliable ? 0 : T4),
} as const;
