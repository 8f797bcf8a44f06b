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
  /** Opens the client transaction of a CANCEL; its response is ignored. */
  sendCancel(cancel: SipRequest, flow: Flow): void;
}

/** Runs a user's callback; an exception is logged and does not reach the network reader or a timer. False: it has thrown. */
export function runGuarded(logger: Logger, callback: () => void): boolean {
  try {
    callback();
    return true;
  } catch (error) {
    logger.error({ err: error }, `a transaction's user failed: ${errorMessage(error)}`);
    return false;
  }
}
