// What a single transaction needs of its layer.
import { type Clock, errorMessage, type Logger } from "#common";
import type { SipRequest } from "../message/message.ts";
import type { Flow, TransportLayer } from "../transport/transport.ts";
import type { TransactionCounters } from "./counters.ts";

export interface TransactionContext {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly transport: TransportLayer;
  readonly counters: TransactionCounters;
  /** Passes the ACK of a 2xx to the user. */
  deliverAck(ack: SipRequest, flow: Flow): void;
  /** Opens the client transaction of a CANCEL; its response is of no interest. */
  sendCancel(cancel: SipRequest, flow: Flow): void;
}

/** Runs a user's callback: its failure is logged and never reaches the network's reader or a timer. */
export function runGuarded(logger: Logger, callback: () => void): boolean {
  try {
    callback();
    return true;
  } catch (error) {
    logger.error({ err: error }, `a transaction's user failed: ${errorMessage(error)}`);
    return false;
  }
}
