// The callee's side of an INVITE outside a dialog, from its arrival to its one final response (RFC 3261 §13.3). Owns
// the early dialog; the 100 comes from the transaction layer, what follows the 200 is acceptance.ts.
//
//   proceeding ──accept──▶ answering ──ACK──▶ confirmed
//        └──reject, CANCEL, BYE, Expires──▶ refused

import { type Logger, ParleyError, randomToken, type Timer } from "#common";
import { Dialog } from "../dialog.ts";
import type { HeaderLines, SipRequest } from "../message/message.ts";
import type { ServerTransaction } from "../transaction/transaction.ts";
import type { Flow } from "../transport/transport.ts";
import { accept } from "./acceptance.ts";
import { descriptionOf } from "./body.ts";
import type { CallAttempt } from "./call-attempt.ts";
import { FarParty } from "./connected-identity.ts";
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
import type { DialogUser, SessionStack, Standing } from "./user-agent.ts";

type State = "proceeding" | "answering" | "confirmed" | "refused";

/** No call rings for ever. */
const decisionLimitSeconds = 300;
const maxStoryLength = 200;

export interface InvitationParts {
  readonly trusted: boolean;
  /** The number it is for; wins over what the request says by itself. */
  readonly dialled: string | undefined;
  /** What it takes the place of; never a refusal. */
  readonly replacement: Replacement;
}

export class IncomingCall implements InboundInvite, DialogUser {
  readonly request: SipRequest;
  readonly flow: Flow;
  readonly trusted: boolean;
  readonly caller: Caller;
  readonly dialledNumber: string;
  readonly diversion: Diversion | undefined;
  readonly replaces: Session | undefined;
  readonly picksUp: CallAttempt | undefined;
  readonly offer: string | undefined;
  readonly #stack: SessionStack;
  readonly #transaction: ServerTransaction;
  readonly #dialog: Dialog;
  readonly #log: Logger;
  readonly #aborter = new AbortController();
  #state: State = "proceeding";
  readonly #provisionals: Provisionals;
  readonly #early: EarlyExchange;
  readonly #party: FarParty;
  #expiring: Timer | undefined;

  constructor(
    stack: SessionStack,
    transaction: ServerTransaction,
    { trusted, dialled, replacement }: InvitationParts,
  ) {
    const { request, flow } = transaction;
    this.request = request;
    this.flow = flow;
    this.trusted = trusted;
    this.caller = callerOf(request, trusted);
    this.dialledNumber = dialled ?? dialledOf(request);
    this.diversion = trusted ? diversionOf(request) : undefined;
    this.replaces = replacement.kind === "session" ? replacement.session : undefined;
    this.picksUp = replacement.kind === "attempt" ? replacement.attempt : undefined;
    const description = descriptionOf(request);
    this.offer = description.kind === "sdp" ? description.sdp : undefined;
    this.#party = new FarParty(this.caller, true);
    this.#stack = stack;
    this.#transaction = transaction;
    this.#dialog = Dialog.ofRequest(request, randomToken(8));
    this.#log = stack.log.child({ callId: request.callId });
    this.#provisionals = new Provisionals(stack, transaction, {
      toTag: this.#dialog.localTag,
      contactUser: this.dialledNumber,
      onLost: () => this.#abandon(504, { status: 504, text: "No PRACK" }),
    });
    this.#early = new EarlyExchange({
      stack,
      contactUser: this.dialledNumber,
      waiting: () => this.#state === "proceeding",
      onUpdated: (update) => this.#identify(update),
    });
    if (this.offer !== undefined) this.#early.describe("them", "INVITE");
    stack.dialogs.set(this.#dialog.key, this);
    transaction.events.on("cancelled", ({ cancel }) =>
      this.#abandon(
        487,
        causeOf(cancel.headers, stack.repairs) ?? { status: 487, text: "The caller gave up" },
      ),
    );
    this.#armExpiry();
    this.#log.info(
      {
        from: this.caller.number,
        to: this.dialledNumber,
        ...this.#story(),
        source: flow.remote.address,
        lateOffer: !this.offer,
      },
      "call arrived",
    );
  }

  /** Of how the call came to us, for the log: who sent it here, and what it stands in for. */
  #story(): Record<string, string> {
    const referredBy = this.caller.anonymous ? undefined : this.request.headers.get("Referred-By");
    return {
      ...(referredBy !== undefined && { referredBy: referredBy.slice(0, maxStoryLength) }),
      ...(this.diversion && { divertedFrom: this.diversion.number }),
      ...(this.replaces && { replaces: this.replaces.callId }),
    };
  }

  get remoteAddress(): string {
    return this.flow.remote.address;
  }

  get standing(): Standing {
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

  async accept(sdp: string): Promise<Session> {
    // RFC 3262 §3: not before the caller has what was sent reliably.
    while (this.#state === "proceeding" && this.#unsettled) await this.#unsettled;
    if (this.#state !== "proceeding") throw new ParleyError("CANCELLED", "the call is no longer waiting");
    const description = this.#early.inSuccess(sdp);
    this.#leave("answering");
    const accepting = accept(this.#stack, description, {
      transaction: this.#transaction,
      dialog: this.#dialog,
      early: this.#early,
      log: this.#log,
      contactUser: this.dialledNumber,
      party: this.#party,
    });
    this.picksUp?.cancel({ status: 200, text: "Answered elsewhere" });
    const session = await accepting;
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
    if (request.method === "PRACK" && this.#dialog.takeCSeq(request)) {
      this.#answerPrack(transaction);
    } else if (request.method === "BYE" && this.#dialog.takeCSeq(request)) {
      // A caller may end an early dialog so (RFC 3261 §15).
      reply(this.#stack, transaction, 200);
      this.#abandon(
        487,
        causeOf(request.headers, this.#stack.repairs) ?? { status: 487, text: "The caller hung up" },
      );
    } else if (request.method === "UPDATE" && this.#dialog.takeCSeq(request)) {
      this.#dialog.refreshTarget(request);
      this.#early.takeOffer(transaction, "UPDATE");
    } else if (request.method === "OPTIONS" && this.#dialog.takeCSeq(request)) {
      reply(this.#stack, transaction, 200, { contactUser: this.dialledNumber });
    } else {
      // Out of order, an INVITE on top of this one (§14.2), or something that needs a session.
      reply(this.#stack, transaction, 500, { headers: retrySoon(this.#stack) });
    }
  }

  /** A transfer before our answer, which the session tells of. */
  #identify({ request, flow }: ServerTransaction): void {
    const before = this.#dialog.remoteParty;
    this.#dialog.followRemote(request);
    if (this.#stack.trusted(flow.remote.address)) this.#party.hear(request, before);
  }

  #answerPrack(transaction: ServerTransaction): void {
    if (!this.#provisionals.take(transaction.request)) reply(this.#stack, transaction, 481);
    else if (!this.#early.takePrack(transaction)) {
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

  /** Nobody wants an answer any more (RFC 3261 §9.2, §13.3.1): whoever prepares one is told to stop. */
  #abandon(status: number, cause: Cause): void {
    if (this.#state !== "proceeding") return;
    this.#refuse(status, cause);
    this.#aborter.abort(new ParleyError("CANCELLED", cause.text));
  }

  #refuse(status: number, cause: Cause, headers?: HeaderLines): void {
    if (this.#state !== "proceeding") return;
    this.#leave("refused");
    this.#stack.dialogs.delete(this.#dialog.key);
    this.#dialog.terminate();
    reply(this.#stack, this.#transaction, status, { toTag: this.#dialog.localTag, cause, headers });
    this.#log.info({ status, cause: cause.text }, "call refused");
  }

  #leave(next: State): void {
    this.#state = next;
    this.#provisionals.close();
    this.#expiring?.cancel();
  }

  /** How long the caller is willing to wait (RFC 3261 §13.3.1), and how long we are. */
  #armExpiry(): void {
    const seconds = this.request.expires ?? 0;
    const theirs = seconds > 0 && seconds < decisionLimitSeconds;
    this.#expiring = this.#stack.clock.after((theirs ? seconds : decisionLimitSeconds) * 1000, () =>
      theirs
        ? this.#abandon(487, { status: 487, text: "The invitation has expired" })
        : this.#abandon(480, { status: 480, text: "Nobody answered" }),
    );
  }
}
