// Transactions as their user, the dialog and session code, sees them (RFC 3261 §17). The machines behind them
// are pure step functions, one file a figure; the layer feeds them messages, timers and transport errors.
import type { Emitter } from "#common";
import type { SipRequest, SipResponse } from "../message/message.ts";
import type { Flow } from "../transport/transport.ts";

export interface ServerTransaction {
  /** The branch-based key of RFC 3261 §17.2.3. */
  readonly id: string;
  readonly request: SipRequest;
  readonly flow: Flow;
  /** The last response sent; it is sent again when the request is retransmitted. */
  readonly lastResponse: SipResponse | undefined;
  /**
   * Hands a response to the machine. A final one after a final one is ignored (and logged once), except that
   * a 2xx of an INVITE is sent each time: its user repeats it until the ACK comes (RFC 3261 §13.3.1.4).
   */
  respond(response: SipResponse): void;
  readonly events: Emitter<ServerTransactionEvents>;
}

export type ServerTransactionEvents = {
  /** INVITE only: a CANCEL matched and was answered 200; the user still owes a final response (487). */
  cancelled: { readonly cancel: SipRequest };
  /** INVITE only: timer H fired, no ACK came for a non-2xx final response. */
  unacknowledged: undefined;
  transportError: { readonly error: Error };
  terminated: undefined;
};

export interface ClientTransaction {
  readonly id: string;
  readonly request: SipRequest;
  readonly flow: Flow;
  readonly events: Emitter<ClientTransactionEvents>;
  /**
   * INVITE only: sends a CANCEL as soon as a provisional response has come (RFC 3261 §9.1). `reason` is the
   * value of its Reason header. Without a final response within 64*T1 the transaction times out.
   */
  cancel(reason?: string): void;
}

export type ClientTransactionEvents = {
  /** Every response for the user, retransmitted 2xx of an INVITE included (RFC 6026 §8.4). */
  response: { readonly response: SipResponse };
  /** Timer B or F; equivalent to a 408 (RFC 3261 §8.1.3.1). */
  timeout: undefined;
  /** Equivalent to a 503. */
  transportError: { readonly error: Error };
  terminated: undefined;
};

/** Callbacks of the layer to its user. */
export interface TransactionUser {
  /** Called before a new request gets a transaction: true answers it 503 and keeps nothing. */
  isOverRate?(request: SipRequest, flow: Flow): boolean;
  /** A new server transaction for any method but ACK and CANCEL; outside and inside dialogs alike. */
  onRequest(transaction: ServerTransaction): void;
  /** An ACK for a 2xx: the dialog it belongs to stops retransmitting (RFC 3261 §13.3.1.4). */
  onAck(ack: SipRequest, flow: Flow): void;
  /** A response without a client transaction: a stray 2xx of a forked INVITE, or garbage. */
  onStrayResponse(response: SipResponse, flow: Flow): void;
}

export interface TransactionLayer {
  user: TransactionUser;
  /** Sends a request in a new client transaction. The layer adds the topmost Via. */
  request(request: SipRequest, flow: Flow): ClientTransaction;
  /**
   * Retransmits an INVITE of the previous process under the Via that it carries; its
   * responses then reach this process.
   */
  repeat(invite: SipRequest, flow: Flow): ClientTransaction;
  /** Sends an ACK for a 2xx, which has no transaction (RFC 3261 §13.2.2.4). Adds the topmost Via. */
  sendAck(ack: SipRequest, flow: Flow): void;
  /** Live transactions, for metrics and leak checks. */
  readonly size: number;
  close(): Promise<void>;
}
