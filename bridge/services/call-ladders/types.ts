// The ladder of a call: its SIP messages and what happened to its media, in the order in which they passed. Secrets are
// left out before anything is kept.
import type { CallOccurrence } from "#services/call-records";

export interface LadderEnd {
  readonly address: string;
  readonly port: number;
}

export interface LadderMessage {
  readonly kind: "sip";
  /** Wall clock, milliseconds. */
  readonly at: number;
  readonly direction: "in" | "out";
  /** UDP, TCP, TLS, WS, WSS. */
  readonly protocol: string;
  readonly local: LadderEnd;
  readonly remote: LadderEnd;
  readonly callId: string;
  /** `INVITE`, `200 OK`; and what CSeq names. */
  readonly title: string;
  readonly cseq: string;
  /** A summary of its session description on one line; empty without one. */
  readonly media: string;
  readonly text: string;
}

export interface LadderOccurrence extends CallOccurrence {
  readonly kind: "media";
  readonly at: number;
  /** How often in a row: of keys, how many. */
  readonly count: number;
}

export type LadderEntry = LadderMessage | LadderOccurrence;

export interface Ladder {
  /** The Call-ID headers of its messages. */
  readonly callIds: readonly string[];
  /** Whether the call is over. */
  readonly ended: boolean;
  /** Entries in the middle that were left out, because there were too many. */
  readonly left: number;
  /** In the order in which they passed. */
  readonly entries: readonly LadderEntry[];
}
