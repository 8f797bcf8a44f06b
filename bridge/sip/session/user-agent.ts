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
  /** Early; the INVITE was ours. */
  | { readonly kind: "calling"; readonly attempt: CallAttempt }
  /** Early; the INVITE was the peer's. */
  | { readonly kind: "called" }
  | { readonly kind: "ended" }
  /** Not a call. */
  | { readonly kind: "other" };

/** The user of a dialog: an unanswered call in either direction, a session or a subscription. */
export interface DialogUser {
  readonly status: DialogStatus;
  /** The flow of the peer's last accepted request, or of ours until one has arrived. */
  readonly flow: Flow;
  onRequest(transaction: ServerTransaction): void;
  onAck(ack: SipRequest): void;
  /** Ends the dialog with the cause, because the endpoint closes. */
  close(cause: Cause): Promise<void>;
}

export interface UserAgent {
  readonly clock: Clock;
  readonly log: Logger;
  readonly transport: TransportLayer;
  readonly transactions: TransactionLayer;
  readonly dialogs: Map<string, DialogUser>;
  /** Product name and version for Server and User-Agent: `Parley/0.1.0`. */
  readonly product: string;
  /** The methods that we support, for Allow. */
  readonly allow: readonly string[];
  /** The event packages that can be subscribed to, for Allow-Events. */
  readonly eventPackages: readonly string[];
  /** The feature parameters of our Contact: `;isfocus`, or nothing. */
  readonly contactFeatures: string;
  readonly sessionTimer: SessionTimerSettings;
  /** Whether a peer may call without authentication. */
  readonly trusted: (peer: Peer) => boolean;
  /** Called when a peer asks for something that only the owner of the endpoint can decide. */
  readonly questions: Questions;
  readonly router: Router;
  /** INVITEs without a final response, for the next process. */
  readonly unanswered: StateRecords<UnansweredInvite>;
  readonly repairs: RepairCounters;
  /** A number from 0 up to 1, for waits that must differ between two parties. */
  readonly random: () => number;
  /** Emitted once, when the endpoint closes its transactions: nothing is answered any more. */
  readonly events: Emitter<{ closed: undefined }>;
}

/** Extensions that we support in Require and announce in Supported. */
export const supported: readonly string[] = ["timer", "100rel", "replaces", "norefersub", "from-change"];
