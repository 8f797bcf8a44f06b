// The provisional responses of an invitation: sent reliably where the caller requires it, or where they carry a
// description and the caller supports it (RFC 3262 §3); sent again every minute while the call rings for long.
import type { Timer } from "#common";
import type { SipRequest } from "../message/message.ts";
import type { ServerTransaction } from "../transaction/transaction.ts";
import { ReliableProvisionals, requires100rel, supports100rel } from "./reliable.ts";
import { buildReply } from "./replies.ts";
import type { UserAgent } from "./user-agent.ts";

/** Proxies drop a call without a provisional response for three minutes (RFC 3261 §13.3.1.1, timer C). */
const repeatMs = 60_000;

export interface ProvisionalOptions {
  readonly toTag: string;
  readonly contactUser: string;
  /** A reliable response was never acknowledged. */
  readonly onLost: () => void;
}

export class Provisionals {
  readonly #ua: UserAgent;
  readonly #transaction: ServerTransaction;
  readonly #options: ProvisionalOptions;
  readonly #reliable: ReliableProvisionals;
  #repeating: Timer | undefined;

  constructor(ua: UserAgent, transaction: ServerTransaction, options: ProvisionalOptions) {
    this.#ua = ua;
    this.#transaction = transaction;
    this.#options = options;
    const { clock, random } = ua;
    this.#reliable = new ReliableProvisionals(transaction, { clock, random, onLost: options.onLost });
  }

  /** The carrier of offer and answer for a response with or without a description. */
  carrier(sdp: string | undefined): "1xx" | "1xx-reliable" {
    const { request } = this.#transaction;
    const reliable = requires100rel(request) || (sdp !== undefined && supports100rel(request));
    return reliable ? "1xx-reliable" : "1xx";
  }

  send(status: 180 | 183, sdp?: string): void {
    const { toTag, contactUser } = this.#options;
    const response = buildReply(this.#ua, this.#transaction, status, { toTag, contactUser, sdp });
    const reliable = this.carrier(sdp) === "1xx-reliable";
    if (reliable) this.#reliable.send(response);
    else this.#transaction.respond(response);
    this.#repeating?.cancel();
    // A description that was acknowledged need not be repeated.
    this.#repeating = this.#ua.clock.after(repeatMs, () => this.send(status, reliable ? undefined : sdp));
  }

  /** False when the PRACK matches no response that waits: answered 481. */
  take(prack: SipRequest): boolean {
    if (this.#reliable.take(prack)) return true;
    // Its RSeq is one of a thousand million numbers, so that it alone identifies the response.
    if (!this.#reliable.takeMisnumbered(prack)) return false;
    this.#ua.repairs.add("transaction");
    return true;
  }

  /** A final response has to wait until it resolves (RFC 3262 §3). Undefined: there is nothing to wait for. */
  get unsettled(): Promise<void> | undefined {
    return this.#reliable.unsettled;
  }

  close(): void {
    this.#repeating?.cancel();
    this.#reliable.close();
  }
}
