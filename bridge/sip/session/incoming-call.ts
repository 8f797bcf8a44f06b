// The callee's side of an INVITE outside a dialog, from its arrival to its one final response (RFC 3261 §13.3). Owns
// the early dialog; the 100 comes from the transaction layer, what follows the 200 is acceptance.ts.
//
//   proceeding ──accept──▶ answering ──ACK──▶ confirmed
//        └──reject, CANCEL, BYE, Expires──▶ refused

import { type Logger, ParleyError, randomToken, type Timer } from "#common";
import type { Authenticate, Principal } from "../auth/index.ts";
import type { HeaderLines, SipRequest } from "../message/message.ts";
import type { ServerTransaction } from "../transaction/transaction.ts";
import type { Flow } from "../transport/transport.ts";
import { accept } from "./acceptance.ts";
import { descriptionOf } from "./body.ts";
import type { CallAttempt } from "./call-attempt.ts";
import { ConnectedIdentity } from "./connected-identity.ts";
import { Dialog } from "./dialog.ts";
import { type AnswerOffer, EarlyExchange } from "./early-exchange.ts";
import type { Caller, Diversion } from "./identity.ts";
import { callerOf, dialledOf, diversionOf } from "./identity.ts";
import type { InboundInvite } from "./inbound-invite.ts";
import { Provisionals } from "./provisionals.ts";
import type { Cause, Rejection } from "./reason.ts";
import { causeOf } from "./reason.ts";
import type { Replacement } from "./replaces.ts";
import { rejectionHeaders, reply, retrySoon } from "./replies.ts";
import type { Session } from "./session.ts";
import { recordReceivedInvite } from "./unanswered.ts";
import type { DialogStatus, DialogUser, UserAgent } from "./user-agent.ts";

type State = "proceeding" | "answering" | "confirmed" | "refused";

/** Limit of the time until a call is answered. */
const decisionLimitSeconds = 300;
const maxLoggedLength = 200;

export interface IncomingCallParts {
  readonly trusted: boolean;
  readonly principal: Principal | undefined;
  /** The number that it is for; takes precedence over the request. */
  readonly dialled: string | undefined;
  /** The call that it replaces; never a refusal. */
  readonly replacement: Replacement;
}

export class IncomingCall implements InboundInvite, DialogUser {
  readonly request: SipRequest;
  readonly flow: Flow;
  readonly trusted: boolean;
  readonly principal: Principal | undefined;
  readonly caller: Caller;
  readonly dialledNumber: string;
  readonly diversion: Diversion | undefined;
  readonly replaces: Session | undefined;
  readonly picksUp: CallAttempt | undefined;
  readonly offer: string | undefined;
  readonly #ua: UserAgent;
  readonly #transaction: ServerTransaction;
  readonly #dialog: Dialog;
  readonly #log: Logger;
  readonly #aborter = new AbortController();
  #state: State = "proceeding";
  readonly #provisionals: Provisionals;
  readonly #early: EarlyExchange;
  readonly #connectedIdentity: ConnectedIdentity;
  #expiring: Timer | undefined;
  readonly #keptAs: string | undefined;

  constructor(
    ua: UserAgent,
    transaction: ServerTransaction,
    { trusted, principal, dialled, replacement }: IncomingCallParts,
  ) {
    const { request, flow } = transaction;
    this.request = request;
    this.flow = flow;
    this.trusted = trusted;
    this.principal = principal;
    this.caller = callerOf(request, trusted, principal?.caller);
    this.dialledNumber = dialled ?? dialledOf(request);
    this.diversion = trusted ? diversionOf(request) : undefined;
    this.replaces = replacement.kind === "session" ? replacement.session : undefined;
    this.picksUp = replacement.kind === "attempt" ? replacement.attempt : undefined;
    const description = descriptionOf(request);
    this.offer = description.kind === "sdp" ? description.sdp : undefined;
    this.#connectedIdentity = new ConnectedIdentity(this.caller, true);
    this.#ua = ua;
    this.#transaction = transaction;
    this.#dialog = Dialog.ofRequest(request, randomToken(8));
    this.#log = ua.log.child({ callId: request.callId });
    this.#provisionals = new Provisionals(ua, transaction, {
      toTag: this.#dialog.localTag,
      contactUser: this.dialledNumber,
      onLost: () => this.#abandon(504, { status: 504, text: "No PRACK" }),
    });
    this.#early = new EarlyExchange({
      ua,
      contactUser: this.dialledNumber,
      waiting: () => this.#state === "proceeding",
      onUpdated: (update) => this.#identify(update),
    });
    if (this.offer !== undefined) this.#early.describe("them", "INVITE");
    ua.dialogs.set(this.#dialog.key, this);
    transaction.events.on("cancelled", ({ cancel }) =>
      this.#abandon(487, causeOf(cancel.headers, ua.repairs) ?? { status: 487, text: "The caller gave up" }),
    );
    this.#armExpiry();
    this.#keptAs = recordReceivedInvite(ua.unanswered, request, { flow, principal });
    this.#log.info(
      {
        from: this.caller.number,
        to: this.dialledNumber,
        ...this.#originForLog(),
        source: flow.remote.address,
        lateOffer: !this.offer,
      },
      "call arrived",
    );
  }

  /** The origin of the call for the log: its referrer, its diversion, the call it replaces. */
  #originForLog(): Record<string, string> {
    const referredBy = this.caller.anonymous ? undefined : this.request.headers.get("Referred-By");
    return {
      ...(referredBy !== undefined && { referredBy: referredBy.slice(0, maxLoggedLength) }),
      ...(this.diversion && { divertedFrom: this.diversion.number }),
      ...(this.replaces && { replaces: this.replaces.callId }),
    };
  }

  authenticate: Authenticate | undefined;

  get status(): DialogStatus {
    return { kind: "called" };
  }

  set onOffer(answerOffer: AnswerOffer) {
    this.#early.owner = answerOffer;
  }

  get #unsettled(): Promise<unknown> | undefined {
    return this.#provisionals.unsettled ?? this.#early.unsettled;
  }

  get cancelled(): AbortSignal {
    return this.#aborter.signal;
  }

  ring(): void {
    this.#provisional(180);
  }

  progress(sdp: string): void {
    this.#provisional(183, sdp);
  }

  async accept(sdp: string, onAnswered?: (session: Session) => void): Promise<Session> {
    // RFC 3262 §3: not before the caller has acknowledged the reliable responses.
    while (this.#state === "proceeding" && this.#unsettled) await this.#unsettled;
    if (this.#state !== "proceeding") throw new ParleyError("CANCELLED", "the call is no longer waiting");
    const description = this.#early.inSuccess(sdp);
    this.#enter("answering");
    const accepting = accept(this.#ua, description, {
      transaction: this.#transaction,
      dialog: this.#dialog,
      early: this.#early,
      log: this.#log,
      contactUser: this.dialledNumber,
      principal: this.principal,
      authenticate: this.authenticate,
      connectedIdentity: this.#connectedIdentity,
      onAnswered,
    });
    this.picksUp?.cancel({ status: 200, text: "Answered elsewhere" });
    const session = await accepting.finally(() => this.#forget());
    this.#state = "confirmed";
    return session;
  }

  reject(rejection: Rejection): void {
    this.#refuse(Math.max(rejection.status, 300), rejection, rejectionHeaders(rejection));
  }

  async close(cause: Cause): Promise<void> {
    this.#abandon(503, cause);
  }

  onAck(): void {}

  onRequest(transaction: ServerTransaction): void {
    const { request } = transaction;
    if (request.method === "PRACK" && this.#dialog.acceptCSeq(request)) {
      this.#answerPrack(transaction);
    } else if (request.method === "BYE") {
      // A caller may end an early dialog by BYE (RFC 3261 §15), even with a CSeq out of order.
      reply(this.#ua, transaction, 200);
      this.#abandon(
        487,
        causeOf(request.headers, this.#ua.repairs) ?? { status: 487, text: "The caller hung up" },
      );
    } else if (request.method === "UPDATE" && this.#dialog.acceptCSeq(request)) {
      this.#dialog.refreshTarget(request);
      this.#early.answerOffer(transaction, "UPDATE");
    } else if (request.method === "OPTIONS" && this.#dialog.acceptCSeq(request)) {
      reply(this.#ua, transaction, 200, { contactUser: this.dialledNumber });
    } else {
      // Out of order, a second INVITE while this one is pending (§14.2), or a request that needs a session.
      reply(this.#ua, transaction, 500, { headers: retrySoon(this.#ua) });
    }
  }

  /** A change of the remote party before our answer; the session reports it later. */
  #identify({ request, flow }: ServerTransaction): void {
    const before = this.#dialog.remoteParty;
    this.#dialog.followRemote(request);
    if (this.#ua.trusted(flow)) this.#connectedIdentity.update(request, before);
  }

  #answerPrack(transaction: ServerTransaction): void {
    if (!this.#provisionals.take(transaction.request)) reply(this.#ua, transaction, 481);
    else if (!this.#early.acceptPrack(transaction)) {
      this.#abandon(488, { status: 488, text: "No answer to our offer in the PRACK" });
    }
  }

  #provisional(status: 180 | 183, description?: string): void {
    if (this.#state !== "proceeding") return;
    // After a complete exchange a description would be another offer.
    const sdp = this.#early.settled ? undefined : description;
    if (sdp !== undefined) this.#early.describe("us", this.#provisionals.carrier(sdp));
    this.#provisionals.send(status, sdp);
    this.#log.info({ status }, "call progresses");
  }

  /** The call cannot be answered any more (RFC 3261 §9.2, §13.3.1): refuses it, and aborts `cancelled` for the owner. */
  #abandon(status: number, cause: Cause): void {
    if (this.#state !== "proceeding") return;
    this.#refuse(status, cause);
    this.#aborter.abort(new ParleyError("CANCELLED", cause.text));
  }

  #refuse(status: number, cause: Cause, headers?: HeaderLines): void {
    if (this.#state !== "proceeding") return;
    this.#enter("refused");
    this.#ua.dialogs.delete(this.#dialog.key);
    this.#dialog.terminate();
    reply(this.#ua, this.#transaction, status, { toTag: this.#dialog.localTag, cause, headers });
    this.#forget();
    this.#log.info({ status, cause: cause.text }, "call refused");
  }

  /** A final response is sent, or the ACK of the 200 has come: the next process does not need the INVITE any more. */
  #forget(): void {
    if (this.#keptAs !== undefined) this.#ua.unanswered.delete(this.#keptAs);
  }

  #enter(next: State): void {
    this.#state = next;
    this.#provisionals.close();
    this.#expiring?.cancel();
  }

  /** Limits the wait to the Expires of the caller (RFC 3261 §13.3.1) and to our own limit. */
  #armExpiry(): void {
    const seconds = this.request.expires ?? 0;
    const theirs = seconds > 0 && seconds < decisionLimitSeconds;
    this.#expiring = this.#ua.clock.after((theirs ? seconds : decisionLimitSeconds) * 1000, () =>
      theirs
        ? this.#abandon(487, { status: 487, text: "The invitation has expired" })
        : this.#abandon(480, { status: 480, text: "No answer" }),
    );
  }
}
