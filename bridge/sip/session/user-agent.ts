// The user agent as session code sees it: the layers below, the table of dialogs, and the capabilities that it announces.
// Built once by the endpoint; holds no call.

import type { Clock, Emitter, Logger, StateRecords } from "#common";
import type { SipRequest } from "../message/message.ts";
import type { RepairCounters } from "../message/repairs.ts";
import type { Router } from "../routing/index.ts";
import type { ServerTransaction, TransactionLayer } from "../transaction/transaction.ts";
import type { Flow, Peer, TransportLayer } from "../transport/transport.ts";
import type { CallAttempt } from "./call-attempt.ts";
import type { Questions } from "./questions.ts";
import type { Cause } from "./reason.ts";
import type { Session } from "./session.ts";
import type { SessionTimerSettings } from "./session-timer.ts";
import type { UnansweredInvite } from "./snapshot.ts";

/** The status of a dialog, for an INVITE that wants to replace it (RFC 3891 §3). */
export type DialogStatus =
  | { readonly kind: "confirmed"; readonly session: Session }
  /** Early, and the INVITE was ours. */
  | { readonly kind: "calling"; readonly attempt: CallAttempt }
  /** Early, and the INVITE was theirs. */
  | { readonly kind: "called" }
  | { readonly kind: "ended" }
  /** No call at all. */
  | { readonly kind: "other" };

/** The user of a dialog: an unanswered call in either direction, a session or a subscription. */
export interface DialogUser {
  readonly status: DialogStatus;
  /** What the peer's last accepted request came on, or what ours go on until one has come. */
  readonly flow: Flow;
  onRequest(transaction: ServerTransaction): void;
  onAck(ack: SipRequest): void;
  /** The endpoint closes: ends what is there, with the cause. */
  close(cause: Cause): Promise<void>;
}

export interface UserAgent {
  readonly clock: Clock;
  readonly log: Logger;
  readonly transport: TransportLayer;
  readonly transactions: TransactionLayer;
  readonly dialogs: Map<string, DialogUser>;
  /** For Server and User-Agent: `Parley/0.1.0`. */
  readonly product: string;
  /** The methods we answer, for Allow. */
  readonly allow: readonly string[];
  /** The event packages that can be subscribed to, for Allow-Events. */
  readonly eventPackages: readonly string[];
  /** What our Contact says beside the address: `;isfocus`, or nothing. */
  readonly contactFeatures: string;
  readonly sessionTimer: SessionTimerSettings;
  /** Whether a peer may call without authentication. */
  readonly trusted: (peer: Peer) => boolean;
  /** Asked when a peer wants something that only the owner of the endpoint can decide. */
  readonly questions: Questions;
  readonly router: Router;
  /** INVITEs without a final response, for the next process. */
  readonly unanswered: StateRecords<UnansweredInvite>;
  readonly repairs: RepairCounters;
  /** 0 … 1, for waits that must differ between two parties. */
  readonly random: () => number;
  /** Said once, when the endpoint closes its transactions: nothing is answered any more. */
  readonly events: Emitter<{ closed: undefined }>;
}

/** Extensions we understand in Require and announce in Supported. */
export const supported: readonly string[] = ["timer", "100rel", "replaces", "norefersub", "from-change"];
