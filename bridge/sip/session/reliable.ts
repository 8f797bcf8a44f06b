// Reliable provisional responses (RFC 3262). The callee's side sends one response with an RSeq at a time and
// repeats it until its PRACK arrives; the next one waits. The caller's side only checks the order.
import type { Clock, Timer } from "#common";
import { parseNumber, parseRAck, type RAck } from "../message/headers.ts";
import type { SipRequest, SipResponse } from "../message/message.ts";
import { ifReadable } from "../message/syntax-error.ts";
import { T1, transactionTimeout } from "../transaction/timers.ts";
import type { ServerTransaction } from "../transaction/transaction.ts";

const option = "100rel";
/** Number of provisional responses that may wait for an earlier one; more are dropped, because the final one is near. */
const maxQueued = 4;

export function requires100rel(request: SipRequest): boolean {
  return request.headers.hasOption("Require", option);
}

export function supports100rel(request: SipRequest): boolean {
  return request.headers.supports(option);
}

/** The RSeq of a response that requires a PRACK. */
export function rseqOf(response: SipResponse): number | undefined {
  if (!response.headers.hasOption("Require", option)) return undefined;
  return ifReadable(() => response.headers.view("RSeq", (value) => parseNumber(value, "RSeq")));
}

interface Outstanding {
  readonly rseq: number;
  repeat: Timer;
  readonly giveUp: Timer;
}

export class ReliableProvisionals {
  readonly #clock: Clock;
  readonly #transaction: ServerTransaction;
  readonly #onLost: () => void;
  readonly #queue: SipResponse[] = [];
  #outstanding: Outstanding | undefined;
  #rseq: number;
  #settled = Promise.withResolvers<void>();

  /** `onLost`: no PRACK in 64*T1; the INVITE must then be refused (§3). */
  constructor(
    transaction: ServerTransaction,
    options: { readonly clock: Clock; readonly random: () => number; readonly onLost: () => void },
  ) {
    this.#clock = options.clock;
    this.#transaction = transaction;
    this.#onLost = options.onLost;
    this.#rseq = 1 + Math.floor(options.random() * 2 ** 30);
  }

  send(response: SipResponse): void {
    if (this.#queue.length >= maxQueued) return;
    if (!this.#outstanding) this.#settled = Promise.withResolvers();
    this.#queue.push(response);
    this.#next();
  }

  /** Resolves when every response has had its PRACK, or none will come any more. Undefined: none is outstanding. */
  get unsettled(): Promise<void> | undefined {
    return this.#outstanding && this.#settled.promise;
  }

  /** False when the PRACK matches no response that waits: answered 481. */
  take(prack: SipRequest): boolean {
    const rack = prack.headers.view("RAck", parseRAck);
    return rack?.cseq === this.#transaction.request.cseq.number && this.#take(rack);
  }

  /** The same without comparing the CSeq, which a proxy changes when it answers challenges in place of the caller. */
  takeMisnumbered(prack: SipRequest): boolean {
    const rack = prack.headers.view("RAck", parseRAck);
    return rack !== undefined && this.#take(rack);
  }

  #take({ rseq, method }: RAck): boolean {
    if (rseq !== this.#outstanding?.rseq || method !== "INVITE") return false;
    this.#stop();
    this.#next();
    return true;
  }

  close(): void {
    this.#queue.length = 0;
    this.#stop();
    this.#settled.resolve();
  }

  #next(): void {
    if (this.#outstanding) return;
    const response = this.#queue.shift();
    if (!response) {
      this.#settled.resolve();
      return;
    }
    this.#rseq += 1;
    response.headers.append("Require", option).append("RSeq", String(this.#rseq));
    this.#transaction.respond(response);
    const repeatIn = (interval: number): Timer =>
      this.#clock.after(interval, () => {
        this.#transaction.respond(response);
        outstanding.repeat = repeatIn(2 * interval);
      });
    const outstanding: Outstanding = {
      rseq: this.#rseq,
      repeat: repeatIn(T1),
      giveUp: this.#clock.after(transactionTimeout, () => {
        this.close();
        this.#onLost();
      }),
    };
    this.#outstanding = outstanding;
  }

  #stop(): void {
    this.#outstanding?.repeat.cancel();
    this.#outstanding?.giveUp.cancel();
    this.#outstanding = undefined;
  }
}
