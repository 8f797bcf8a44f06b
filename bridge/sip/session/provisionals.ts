// The provisional responses of an invitation: made reliable where the caller insists, or where they carry a
// description and the caller is able (RFC 3262 §3); shown again every minute while the call rings for long.
import type { Timer } from "#common";
import type { SipRequest } from "../message/message.ts";
import type { ServerTransaction } from "../transaction/transaction.ts";
import { ReliableProvisionals, requires100rel, supports100rel } from "./reliable.ts";
import { buildReply } from "./replies.ts";
import type { UserAgent } from "./user-agent.ts";

/** Proxies forget a call that shows no sign of life for three minutes (RFC 3261 §13.3.1.1, timer C). */
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

  /** How a response with or without a description would be sent: the carrier of offer and answer. */
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
    // What was acknowledged need not be described again.
    this.#repeating = this.#ua.clock.after(repeatMs, () => this.send(status, reliable ? undefined : sdp));
  }

  /** False when the PRACK belongs to nothing that waits: 481. */
  take(prack: SipRequest): boolean {
    if (this.#reliable.take(prack)) return true;
    // Its RSeq is one of a thousand million: it says alone which response is meant.
    if (!this.#reliable.takeMisnumbered(prack)) return false;
    this.#ua.repairs.add("transaction");
    return true;
  }

  /** A final response has to wait until it resolves (RFC 3262 §3). Undefined: nothing to wait for. */
  get unsettled(): Promise<void> | undefined {
    return this.#reliable.unsettled;
  }

  close(): void {
    this.#repeating?.cancel();
    this.#reliable.close();
  }
}
