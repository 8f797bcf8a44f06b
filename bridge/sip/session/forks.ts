// The dialogs that the responses to one INVITE of ours make, one for each To tag (RFC 3261
// §13.2.2). The first 2xx that is still wanted becomes the session; every other one is acknowledged and ended by BYE.

import { fail, type Logger, ok, type Result } from "#common";
import type { Authenticate } from "../auth/index.ts";
import type { SipRequest, SipResponse } from "../message/message.ts";
import { tagOf } from "../transaction/matching.ts";
import type { Flow } from "../transport/transport.ts";
import { descriptionOf } from "./body.ts";
import type { AnsweredCall, CallAttemptEvents, CallFailure } from "./call-attempt.ts";
import { ConnectedIdentity } from "./connected-identity.ts";
import { Dialog } from "./dialog.ts";
import { EarlyDialog, type EarlyDialogOwner } from "./early-dialog.ts";
import { EstablishedSession } from "./established.ts";
import { ForkAcks, maxForks } from "./fork-acks.ts";
import { callerFrom } from "./identity.ts";
import { type DialogSender, requestInDialog } from "./in-dialog.ts";
import { conclude, describe, type Negotiation, noNegotiation, rollBackOffer } from "./offer-answer.ts";
import type { Cause } from "./reason.ts";
import { reasonOf } from "./reason.ts";
import { agreeAsClient } from "./session-timer.ts";
import type { UserAgent } from "./user-agent.ts";

export interface SentInvite {
  readonly request: SipRequest;
  readonly flow: Flow;
  /** The flow belongs to a registered phone, which is reached no other way. */
  readonly pinned: boolean;
  readonly contactUser: string;
  readonly authenticate: Authenticate | undefined;
}

export interface ForkOwner extends EarlyDialogOwner {
  readonly log: Logger;
  /** Why an answer is no longer wanted; undefined: it is. */
  unwanted(): Cause | undefined;
  onProgress(progress: CallAttemptEvents["progress"]): void;
}

export class Forks {
  readonly #ua: UserAgent;
  readonly #sent: SentInvite;
  readonly #owner: ForkOwner;
  readonly #offered: Negotiation;
  readonly #early = new Map<string, EarlyDialog>();
  readonly #acks: ForkAcks;
  #result: Result<AnsweredCall, CallFailure> | undefined;
  /** The description in a provisional response of RFC 2543, which has no To tag. */
  #untagged: string | undefined;

  constructor(ua: UserAgent, sent: SentInvite, owner: ForkOwner) {
    this.#ua = ua;
    this.#sent = sent;
    this.#acks = new ForkAcks(ua, sent.request);
    this.#owner = owner;
    const step = describe(noNegotiation, "us", "INVITE");
    this.#offered = step.ok ? step.next : noNegotiation;
  }

  /** The result of the first wanted 2xx. */
  get result(): Result<AnsweredCall, CallFailure> | undefined {
    return this.#result;
  }

  provisional(response: SipResponse): void {
    if (response.status === 100) return;
    const tag = tagOf(response.to.params);
    if (tag === "") {
      const shown = descriptionOf(response);
      if (shown.kind === "sdp") this.#untagged ??= shown.sdp;
      return;
    }
    let early = this.#early.get(tag);
    if (!early) {
      if (this.#early.size >= maxForks) return;
      const sender = this.#sender(Dialog.ofResponse(this.#sent.request, response));
      const parts = { negotiation: this.#offered, connectedIdentity: calledIn(sender.dialog) };
      early = new EarlyDialog(sender, parts, this.#owner);
      this.#early.set(tag, early);
    }
    const heard = early.take(response);
    if (heard) this.#identify(early.connectedIdentity, response, early.dialog);
    if (heard) this.#owner.onProgress({ status: response.status, sdp: heard.sdp });
  }

  success(response: SipResponse): void {
    this.#acks.take(response, (tag) => this.#answered(tag, response));
  }

  #answered(tag: string, response: SipResponse): void {
    const early = this.#early.get(tag);
    const dialog = early?.dialog ?? Dialog.ofResponse(this.#sent.request, response);
    dialog.confirm(response);
    const sender = this.#sender(dialog);
    this.#acks.send(tag, sender);
    const unwanted = this.#result ? { status: 200, text: "Answered elsewhere" } : this.#owner.unwanted();
    if (unwanted) this.#hangUp(sender, unwanted);
    else this.#result = this.#establish(response, sender, early);
  }

  /** The final response has arrived: dialogs that are still early will never be answered. */
  forget(): void {
    for (const early of this.#early.values()) early.forget();
  }

  #sender(dialog: Dialog): DialogSender {
    const { flow, pinned, contactUser, authenticate } = this.#sent;
    const path = { flow, pinned: pinned || (flow.reliable && dialog.routeSet.length === 0) };
    return { ua: this.#ua, dialog, path, contactUser, authenticate };
  }

  #establish(
    response: SipResponse,
    sender: DialogSender,
    early: EarlyDialog | undefined,
  ): Result<AnsweredCall, CallFailure> {
    const agreed = agreedIn(response, early, { offered: this.#offered, untagged: this.#untagged });
    if (agreed?.early) this.#ua.repairs.add("early_answer");
    if (!agreed) {
      const cause = { status: 488, text: "No answer to our offer in the 200" };
      this.#hangUp(sender, cause);
      return fail({ ...cause, by: "failure" });
    }
    const { log } = this.#owner;
    const connectedIdentity = early?.connectedIdentity ?? calledIn(sender.dialog);
    this.#identify(connectedIdentity, response, sender.dialog);
    const session = new EstablishedSession(this.#ua, {
      ...sender,
      negotiation: agreed.negotiation,
      log,
      outgoing: true,
      inviteCSeq: this.#sent.request.cseq.number,
      connectedIdentity,
    });
    session.core.peerUpdates = response.headers.all("Allow").includes("UPDATE");
    session.core.timer.restart(agreeAsClient(response.headers, this.#ua.sessionTimer));
    return ok({ session, answer: agreed.answer });
  }

  /** Updates the identity from a response. */
  #identify(connectedIdentity: ConnectedIdentity, response: SipResponse, dialog: Dialog): void {
    if (this.#ua.trusted(this.#sent.flow)) connectedIdentity.update(response, dialog.remoteParty);
  }

  #hangUp(sender: DialogSender, cause: Cause): void {
    sender.dialog.terminate();
    void requestInDialog(sender, "BYE", { headers: [["Reason", reasonOf(cause)]] });
  }
}

/** The called party, from To. */
function calledIn({ remoteParty }: Dialog): ConnectedIdentity {
  return new ConnectedIdentity(callerFrom(remoteParty, remoteParty.displayName), false);
}

interface Agreed {
  readonly answer: string;
  readonly negotiation: Negotiation;
  /** The answer is that of an unreliable provisional response. */
  readonly early: boolean;
}

/**
 * The answer of a 2xx: its own, or the one of a reliable provisional response before it, or, when there is none,
 * that of an unreliable one (RFC 3261 §13.2.1).
 */
function agreedIn(
  response: SipResponse,
  early: EarlyDialog | undefined,
  { offered, untagged }: { readonly offered: Negotiation; readonly untagged: string | undefined },
): Agreed | undefined {
  if (early?.answer !== undefined)
    return { answer: early.answer, negotiation: conclude(rollBackOffer(early.negotiation)), early: false };
  const description = descriptionOf(response);
  const step = describe(early?.negotiation ?? offered, "them", "2xx");
  if (!step.ok) return undefined;
  if (description.kind === "sdp") return { answer: description.sdp, negotiation: step.next, early: false };
  const shown = early?.preview ?? untagged;
  return shown === undefined ? undefined : { answer: shown, negotiation: step.next, early: true };
}
