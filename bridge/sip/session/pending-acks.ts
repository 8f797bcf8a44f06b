// The 2xx of an INVITE, repeated from T1 up to T2 until its ACK comes, over every transport (RFC 3261
// §13.3.1.4). One instance for each session: a re-INVITE may follow before the first ACK has arrived.
import type { Clock, Timer } from "#common";
import { formatMessage } from "../message/format.ts";
import type { SipRequest, SipResponse } from "../message/message.ts";
import { T1, T2, transactionTimeout } from "../transaction/timers.ts";
import type { ServerTransaction } from "../transaction/transaction.ts";
import type { UnacknowledgedSnapshot } from "./snapshot.ts";

interface Waiting {
  readonly response: SipResponse;
  /** Monotonic milliseconds. */
  readonly until: number;
  repeat: Timer;
  readonly giveUp: Timer;
  readonly settle: (ack: SipRequest | undefined) => void;
}

export class PendingAcks {
  readonly #clock: Clock;
  readonly #changed: () => void;
  /** By the CSeq number of the INVITE, which the ACK repeats. */
  readonly #waiting = new Map<number, Waiting>();
  /** The CSeq of the last INVITE that has had its ACK; −1: there is none. */
  #acknowledged = -1;
  #none = Promise.withResolvers<void>();

  /** `changed`: called when the result of `snapshot` changes. */
  constructor(clock: Clock, changed: () => void = () => {}) {
    this.#clock = clock;
    this.#changed = changed;
    this.#none.resolve();
  }

  /** Resolves when no ACK is outstanding: at once, or within 64*T1. */
  get none(): Promise<void> {
    return this.#none.promise;
  }

  get size(): number {
    return this.#waiting.size;
  }

  /** Repeats a 2xx that has been sent, until its ACK arrives. Resolves with undefined: no ACK in 64*T1, or closed. */
  expect(transaction: ServerTransaction, response: SipResponse): Promise<SipRequest | undefined> {
    return this.#repeat(response, transactionTimeout, () => transaction.respond(response));
  }

  /** The same for a 2xx of the previous process, for the time that is left; 1 s at least, so that it is sent once. */
  resume(
    response: SipResponse,
    until: number,
    send: (response: SipResponse) => void,
  ): Promise<SipRequest | undefined> {
    const leftMs = Math.min(Math.max(until - this.#clock.now(), 2 * T1), transactionTimeout);
    return this.#repeat(response, leftMs, () => send(response));
  }

  /** The 2xx of the INVITE with that CSeq, while its ACK is outstanding. */
  responseTo(cseq: number): SipResponse | undefined {
    return this.#waiting.get(cseq)?.response;
  }

  snapshot(): UnacknowledgedSnapshot[] {
    const offset = this.#clock.now() - this.#clock.monotonic();
    return [...this.#waiting].map(([cseq, { response, until }]) => ({
      cseq,
      response: Buffer.from(formatMessage(response)).toString("latin1"),
      until: Math.round(until + offset),
    }));
  }

  #repeat(response: SipResponse, limitMs: number, send: () => void): Promise<SipRequest | undefined> {
    const { number } = response.cseq;
    return new Promise((resolve) => {
      const settle = (ack: SipRequest | undefined) => {
        waiting.repeat.cancel();
        waiting.giveUp.cancel();
        this.#waiting.delete(number);
        if (ack) this.#acknowledged = Math.max(this.#acknowledged, number);
        if (this.#waiting.size === 0) this.#none.resolve();
        this.#changed();
        resolve(ack);
      };
      const repeatIn = (interval: number): Timer =>
        this.#clock.after(interval, () => {
          send();
          waiting.repeat = repeatIn(Math.min(2 * interval, T2));
        });
      const waiting: Waiting = {
        response,
        until: this.#clock.monotonic() + limitMs,
        repeat: repeatIn(T1),
        giveUp: this.#clock.after(limitMs, () => settle(undefined)),
        settle,
      };
      if (this.#waiting.size === 0) this.#none = Promise.withResolvers();
      this.#waiting.set(number, waiting);
      this.#changed();
    });
  }

  /** Takes an ACK; returns whether it was outstanding. */
  take(ack: SipRequest): boolean {
    const waiting = this.#waiting.get(ack.cseq.number);
    waiting?.settle(ack);
    return waiting !== undefined;
  }

  /** Takes an ACK with a wrong CSeq as that of the only INVITE whose ACK is outstanding; returns whether there is one. */
  takeMisnumbered(ack: SipRequest): boolean {
    const [only, ...others] = this.#waiting.values();
    // An ACK up to the last acknowledged CSeq is a retransmission.
    if (!only || others.length > 0 || ack.cseq.number <= this.#acknowledged) return false;
    only.settle(ack);
    return true;
  }

  close(): void {
    for (const waiting of [...this.#waiting.values()]) waiting.settle(undefined);
  }
}
