// What every piece of session code works with: the layers below, the table of dialogs, and what this user agent
// says about itself. Built once by the endpoint; holds no call.
import type { Clock, Emitter, Logger } from "#common";
import type { SipRequest } from "../message.ts";
import type { Router } from "../routing/index.ts";
import type { ServerTransaction, TransactionLayer } from "../transaction/transaction.ts";
import type { TransportLayer } from "../transport/transport.ts";
import type { Cause } from "./session.ts";
import type { SessionTimerSettings } from "./session-timer.ts";

/** Whoever owns a dialog: a waiting invitation, a call attempt or a session. */
export interface DialogUser {
  onRequest(transaction: ServerTransaction): void;
  onAck(ack: SipRequest): void;
  /** The endpoint closes: ends what is there, with the cause. */
  close(cause: Cause): Promise<void>;
}

export interface Stack {
  readonly clock: Clock;
  readonly log: Logger;
  readonly transport: TransportLayer;
  readonly transactions: TransactionLayer;
  readonly dialogs: Map<string, DialogUser>;
  /** For Server and User-Agent: `Parley/0.1.0`. */
  readonly product: string;
  /** The methods we answer, for Allow. */
  readonly allow: readonly string[];
  readonly sessionTimer: SessionTimerSettings;
  readonly router: Router;
  /** 0 … 1, for waits that must differ between two parties. */
  readonly random: () => number;
  /** Said once, when the endpoint closes its transactions: nothing is answered any more. */
  readonly events: Emitter<{ closed: undefined }>;
}

/** Extensions we understand in Require and announce in Supported. */
export const supported: readonly string[] = ["timer", "100rel"];
