// The counters of the transaction layer, in one plain object that metrics read. Names that a peer may choose are
// counted together, so that no peer can make the object grow.
import type { TimerName } from "./timers.ts";

export interface TransactionCounters {
  /** By method, new requests without retransmissions. */
  readonly requestsReceived: Record<string, number>;
  readonly requestsSent: Record<string, number>;
  /** By status. */
  readonly responsesReceived: Record<string, number>;
  readonly responsesSent: Record<string, number>;
  readonly timersFired: Partial<Record<TimerName, number>>;
  retransmissionsReceived: number;
  retransmissionsSent: number;
  /** Timers B and F, and calls given up after a CANCEL. */
  timeouts: number;
  /** Timer H. */
  unacknowledged: number;
  transportErrors: number;
  /** Merged requests, answered 482. */
  merged: number;
  /** Answered 503, or refused to our own user, because the table was full. */
  overloaded: number;
  /** Answered 503 because the user wanted no more requests from that source. */
  turnedAway: number;
  /** CANCELs answered 481. */
  cancelsUnmatched: number;
  responsesUnmatched: number;
  /** Events that the state machine does not define in their state. */
  dropped: number;
}

export const createCounters = (): TransactionCounters => ({
  requestsReceived: {},
  requestsSent: {},
  responsesReceived: {},
  responsesSent: {},
  timersFired: {},
  retransmissionsReceived: 0,
  retransmissionsSent: 0,
  timeouts: 0,
  unacknowledged: 0,
  transportErrors: 0,
  merged: 0,
  overloaded: 0,
  turnedAway: 0,
  cancelsUnmatched: 0,
  responsesUnmatched: 0,
  dropped: 0,
});

const methods = new Set([
  ...["INVITE", "ACK", "BYE", "CANCEL", "OPTIONS", "REGISTER", "PRACK", "UPDATE", "INFO", "REFER"],
  ...["SUBSCRIBE", "NOTIFY", "MESSAGE", "PUBLISH"],
]);

export const methodLabel = (method: string): string => (methods.has(method) ? method : "other");

export function count(table: Record<string, number>, key: string | number): void {
  table[key] = (table[key] ?? 0) + 1;
}
