// The 2xx of an INVITE, repeated from T1 up to T2 until its ACK comes, over every transport (RFC 3261
// §13.3.1.4). One instance for each session: a re-INVITE may follow before the first ACK has arrived.
import type { Clock, Timer } from "#common";
import type { SipRequest, SipResponse } from "../message/message.ts";
import { T1, T2, transactionTimeout } from "../transaction/timers.ts";
import type { ServerTransaction } from "../transaction/transaction.ts";

interface Waiting {
  repeat: Timer;
  readonly giveUp: Timer;
  readonly settle: (ack: SipRequest | undefined) => void;
}

export class PendingAcks {
  readonly #clock: Clock;
  /** By the CSeq number of the INVITE, which the ACK repeats. */
  readonly #waiting = new Map<number, Waiting>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get size(): number {
    return this.#waiting.size;
  }

  /** Sees that the 2xx, which has been sent, arrives. Undefined: no ACK in 64*T1, or it was closed. */
  expect(transaction: ServerTransaction, response: SipResponse): Promise<SipRequest | undefined> {
    const { number } = transaction.request.cseq;
    return new Promise((resolve) => {
      const settle = (ack: SipRequest | undefined) => {
        waiting.repeat.cancel();
        waiting.giveUp.cancel();
        this.#waiting.delete(number);
        resolve(ack);
      };
      const repeatIn = (interval: number): Timer =>
        this.#clock.after(interval, () => {
          transaction.respond(response);
          waiting.repeat = repeatIn(Math.min(2 * interval, T2));
        });
      const waiting: Waiting = {
        repeat: repeatIn(T1),
        giveUp: this.#clock.after(transactionTimeout, () => settle(undefined)),
        settle,
      };
      this.#waiting.set(number, waiting);
    });
  }

  take(ack: SipRequest): void {
    this.#waiting.get(ack.cseq.number)?.settle(ack);
  }

  close(): void {
    for (const waiting of [...this.#waiting.values()]) waiting.settle(undefined);
  }
}
