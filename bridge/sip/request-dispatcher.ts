// Takes every request that has a transaction, hands it to the first of its handlers that accepts it, and refuses the rest.
// It decides nothing about calls: that is up to the owner of the endpoint.
//
//   request → checks → its dialog → added listeners → OPTIONS, INVITE, REFER, SUBSCRIBE, MESSAGE → 481

import { errorMessage } from "#common";
import type { Principal } from "./auth/index.ts";
import type { HeaderLines, SipRequest } from "./message/message.ts";
import { SipSyntaxError } from "./message/syntax-error.ts";
import type { AdoptedCalls } from "./session/adopt.ts";
import { sdpType } from "./session/body.ts";
import { checkRequest } from "./session/checks.ts";
import { dialogKeyOf } from "./session/dialog.ts";
import type { InboundInvite } from "./session/inbound-invite.ts";
import { IncomingCall } from "./session/incoming-call.ts";
import { answerStandaloneRefer } from "./session/refer-in.ts";
import { replacementOf } from "./session/replaces.ts";
import { reply } from "./session/replies.ts";
import { isIntervalTooShort } from "./session/session-timer.ts";
import { answerMessage } from "./session/text-message.ts";
import { type DialogUser, supported, type UserAgent } from "./session/user-agent.ts";
import type { Closed, RequestListener } from "./sip-endpoint.ts";
import type { Notifier } from "./subscription/index.ts";
import type { ServerTransaction } from "./transaction/index.ts";
import type { Flow } from "./transport/index.ts";

export interface RequestDispatcherOptions {
  readonly ua: UserAgent;
  readonly notifier: Notifier;
  readonly adopted: AdoptedCalls;
  readonly dialled: ((request: SipRequest, flow: Flow) => string | undefined) | undefined;
  /** The holder of the credentials that a request carries. */
  readonly principalOf: (request: SipRequest) => Principal | undefined;
  /** Undefined while new calls are welcome. */
  readonly closed: () => Closed | undefined;
  readonly onInvite: (invitation: InboundInvite) => void;
}

const closedReplies: Readonly<Record<Closed, { readonly text: string; readonly retryAfterSeconds: number }>> =
  {
    draining: { text: "Going down for maintenance", retryAfterSeconds: 30 },
    full: { text: "Too many calls", retryAfterSeconds: 10 },
    overloaded: { text: "Overloaded", retryAfterSeconds: 10 },
  };

export class RequestDispatcher {
  readonly #options: RequestDispatcherOptions;
  readonly #ua: UserAgent;
  readonly #listeners: RequestListener[] = [];
  /** INVITEs that were refused, by reason. */
  readonly refused: Record<Closed, number> = { draining: 0, full: 0, overloaded: 0 };

  constructor(options: RequestDispatcherOptions) {
    this.#options = options;
    this.#ua = options.ua;
  }

  add(listener: RequestListener): void {
    this.#listeners.push(listener);
  }

  receive(transaction: ServerTransaction): void {
    try {
      this.#dispatch(transaction);
    } catch (error) {
      this.#failed(transaction, error);
    }
  }

  dialogOf(request: SipRequest): DialogUser | undefined {
    const key = dialogKeyOf(request);
    return key === undefined ? undefined : this.#ua.dialogs.get(key);
  }

  #dispatch(transaction: ServerTransaction): void {
    const { request } = transaction;
    const extensions = this.#listeners.flatMap(({ methods, extensions = [] }) =>
      methods.includes(request.method) ? extensions : [],
    );
    const refusal = checkRequest(request, {
      allow: this.#ua.allow,
      supported: [...supported, ...extensions],
    });
    const dialog = this.dialogOf(request);
    const begins = dialogKeyOf(request) === undefined;
    if (refusal) this.#refuse(transaction, refusal.status, refusal.text, refusal.headers);
    else if (dialog) dialog.onRequest(transaction);
    else if (this.#listeners.some((listener) => listener.handle(transaction))) return;
    else if (begins) this.#begin(transaction);
    else this.#refuse(transaction, 481);
  }

  /** A request outside of dialogs. */
  #begin(transaction: ServerTransaction): void {
    switch (transaction.request.method) {
      case "OPTIONS":
        this.#answerOptions(transaction);
        break;
      case "INVITE":
        if (!this.#options.adopted.answer(transaction)) this.#invite(transaction);
        break;
      case "REFER":
        answerStandaloneRefer(this.#ua, transaction, this.#options.notifier).catch((error) =>
          this.#failed(transaction, error),
        );
        break;
      case "SUBSCRIBE":
        if (!this.#refuseWhileClosed(transaction)) this.#options.notifier.subscribe(transaction);
        break;
      case "MESSAGE":
        answerMessage(this.#ua, transaction, undefined);
        break;
      default:
        this.#refuse(transaction, 481);
    }
  }

  /** With the status that an INVITE would get now (RFC 3261 §11.2): this is how dispatchers learn that we drain. */
  #answerOptions(transaction: ServerTransaction): void {
    if (this.#refuseWhileClosed(transaction)) return;
    const accept: HeaderLines = [
      ["Accept", sdpType],
      ["Accept-Encoding", "identity"],
      ["Accept-Language", "en"],
    ];
    reply(this.#ua, transaction, 200, { contactUser: "", headers: accept });
  }

  #invite(transaction: ServerTransaction): void {
    const { request, flow } = transaction;
    const trusted = this.#ua.trusted(flow);
    const principal = this.#options.principalOf(request);
    const replacement = replacementOf(this.#ua, request, { trusted, principal });
    if (replacement.kind === "refused") {
      const { status, text, headers } = replacement.refusal;
      this.#refuse(transaction, status, text, headers);
      return;
    }
    // A call that replaces another one does not raise the number of calls.
    if (replacement.kind === "none" && this.#refuseWhileClosed(transaction)) return;
    const { sessionTimer } = this.#ua;
    if (isIntervalTooShort(request.headers, sessionTimer)) {
      this.#refuse(transaction, 422, undefined, [["Min-SE", String(sessionTimer.minSeconds)]]);
      return;
    }
    const dialled = this.#options.dialled?.(request, flow);
    const call = new IncomingCall(this.#ua, transaction, {
      ...{ trusted, principal, dialled, replacement },
    });
    try {
      this.#options.onInvite(call);
    } catch (error) {
      this.#ua.log.error({ error: errorMessage(error) }, "an invitation was not handled");
      call.reject({ status: 500, text: "Internal error" });
    }
  }

  #refuseWhileClosed(transaction: ServerTransaction): boolean {
    const closed = this.#options.closed();
    if (closed === undefined) return false;
    if (transaction.request.method === "INVITE") this.refused[closed] += 1;
    const { text, retryAfterSeconds } = closedReplies[closed];
    this.#refuse(transaction, 503, text, [["Retry-After", String(retryAfterSeconds)]]);
    return true;
  }

  #refuse(transaction: ServerTransaction, status: number, text?: string, headers?: HeaderLines): void {
    const cause = text === undefined ? undefined : { status, text };
    reply(this.#ua, transaction, status, { cause, headers });
  }

  #failed(transaction: ServerTransaction, error: unknown): void {
    const status = error instanceof SipSyntaxError ? 400 : 500;
    const { method, callId } = transaction.request;
    this.#ua.log[status === 400 ? "debug" : "error"](
      { method, callId, error: errorMessage(error) },
      "a request was not handled",
    );
    if (transaction.lastResponse === undefined) {
      reply(this.#ua, transaction, status, { cause: { status, text: errorMessage(error) } });
    }
  }
}
