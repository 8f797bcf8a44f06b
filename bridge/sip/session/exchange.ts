// Sends a request in a new client transaction and waits for how it ends. A timeout counts as 408 and a failing
// transport as 503 (RFC 3261 §8.1.3.1), so that the sender has one kind of outcome to read.
import type { SipRequest, SipResponse } from "../message/message.ts";
import { reasonPhrase } from "../message/status.ts";
import type { ClientTransaction } from "../transaction/transaction.ts";
import type { Flow } from "../transport/transport.ts";
import type { UserAgent } from "./user-agent.ts";

export interface Outcome {
  /** 200 to 699. */
  readonly status: number;
  readonly reason: string;
  /** Undefined when no response came and the status is our own. */
  readonly response: SipResponse | undefined;
}

export interface ExchangeEvents {
  readonly onProvisional?: (response: SipResponse) => void;
  /** Called for every 2xx, the first one included: that of an INVITE is repeated until our ACK arrives, and forks send more. */
  readonly onSuccess?: (response: SipResponse) => void;
}

export interface Exchange {
  readonly transaction: ClientTransaction;
  readonly outcome: Promise<Outcome>;
}

export function exchange(ua: UserAgent, request: SipRequest, flow: Flow, on: ExchangeEvents = {}): Exchange {
  const transaction = ua.transactions.request(request, flow);
  return { transaction, outcome: follow(ua, transaction, on) };
}

/** The outcome of a transaction that has just been opened. */
export function follow(
  ua: UserAgent,
  transaction: ClientTransaction,
  on: ExchangeEvents = {},
): Promise<Outcome> {
  return new Promise<Outcome>((resolve) => {
    const settle = (status: number, response?: SipResponse) => {
      off();
      resolve({ status, reason: response?.reason ?? reasonPhrase(status), response });
    };
    const off = ua.events.on("closed", () => settle(503));
    transaction.events.on("response", ({ response }) => {
      if (response.status < 200) return on.onProvisional?.(response);
      if (response.status < 300) on.onSuccess?.(response);
      settle(response.status, response);
    });
    transaction.events.on("timeout", () => settle(408));
    transaction.events.on("transportError", () => settle(503));
    transaction.events.on("terminated", () => settle(408));
  });
}
