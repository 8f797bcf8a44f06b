// One branch of a call of ours that has not been answered: a dialog that a provisional response made (RFC 3261
// §12.1.2), with a negotiation of its own. It acknowledges what is sent reliably (RFC 3262 §4).

import type { Result } from "#common";
import { formatRAck } from "../message/headers.ts";
import type { SipResponse } from "../message/message.ts";
import type { ServerTransaction } from "../transaction/transaction.ts";
import type { Flow } from "../transport/transport.ts";
import { descriptionOf } from "./body.ts";
import type { CallAttempt, CallOptions } from "./call-attempt.ts";
import type { ConnectedIdentity } from "./connected-identity.ts";
import type { Dialog } from "./dialog.ts";
import { answerEarlyOffer, type EarlyDialogUser } from "./early-exchange.ts";
import { type DialogSender, requestInDialog } from "./in-dialog.ts";
import { describe, type Negotiation, rollBackOffer } from "./offer-answer.ts";
import type { Cause } from "./reason.ts";
import { rseqOf } from "./reliable.ts";
import { reply, retrySoon } from "./replies.ts";
import type { DialogStatus, DialogUser, UserAgent } from "./user-agent.ts";

export interface EarlyDialogOwner {
  readonly attempt: CallAttempt;
  readonly onOffer: CallOptions["onOffer"];
  giveUp(cause: Cause): Promise<unknown>;
}

export class EarlyDialog implements DialogUser, EarlyDialogUser {
  readonly dialog: Dialog;
  negotiation: Negotiation;
  /** The identity that its messages have told. */
  readonly connectedIdentity: ConnectedIdentity;
  readonly #sender: DialogSender;
  readonly status: DialogStatus;
  readonly #owner: EarlyDialogOwner;
  #forgotten = false;
  #lastRseq: number | undefined;
  #answer: string | undefined;
  /** The first description in an unreliable response. */
  #preview: string | undefined;

  /** `negotiation`: our offer, made. `connectedIdentity`: the called party. */
  constructor(
    sender: DialogSender,
    {
      negotiation,
      connectedIdentity,
    }: { readonly negotiation: Negotiation; readonly connectedIdentity: ConnectedIdentity },
    owner: EarlyDialogOwner,
  ) {
    this.dialog = sender.dialog;
    this.negotiation = negotiation;
    this.connectedIdentity = connectedIdentity;
    this.#sender = sender;
    this.status = { kind: "calling", attempt: owner.attempt };
    this.#owner = owner;
    sender.ua.dialogs.set(this.dialog.key, this);
  }

  get flow(): Flow {
    return this.#sender.path.flow;
  }

  /** The answer, when a reliable response has brought it. */
  get answer(): string | undefined {
    return rollBackOffer(this.negotiation).phase === "settled" ? this.#answer : undefined;
  }

  /** The description that counts as the answer when the 2xx has none (RFC 3261 §13.2.1): the first one of this dialog. */
  get preview(): string | undefined {
    return this.#preview;
  }

  /**
   * Processes a provisional response: its description is early media, and the answer when the response is
   * reliable. Undefined when it is a repetition, or out of order (RFC 3262 §4).
   */
  take(response: SipResponse): { readonly sdp: string | undefined } | undefined {
    const rseq = rseqOf(response);
    if (rseq !== undefined) {
      if (this.#lastRseq !== undefined && rseq !== this.#lastRseq + 1) return undefined;
      this.#lastRseq = rseq;
      this.#acknowledge(response, rseq);
    }
    const description = descriptionOf(response);
    const step = describe(this.negotiation, "them", rseq === undefined ? "1xx" : "1xx-reliable");
    if (description.kind !== "sdp" || !step.ok) return { sdp: undefined };
    this.negotiation = step.next;
    if (step.meaning === "answer") this.#answer = description.sdp;
    if (step.meaning === "preview") this.#preview ??= description.sdp;
    return { sdp: description.sdp };
  }

  onAck(): void {}

  /**
   * Other than offers, no request of the callee before the answer is supported. A 481 would say that there is no
   * dialog, upon which some peers give up the call (RFC 5057 §5.1); the callee may send the request again after the answer.
   */
  onRequest(transaction: ServerTransaction): void {
    const { ua } = this.#sender;
    const { request } = transaction;
    if (!this.dialog.acceptCSeq(request)) reply(ua, transaction, 500, { headers: retrySoon(ua) });
    else if (request.method === "OPTIONS") reply(ua, transaction, 200, { contactUser: this.contactUser });
    // A callee may not end an early dialog by BYE (RFC 3261 §15), and no provisional response of ours waits for a PRACK.
    else if (request.method === "BYE" || request.method === "PRACK") reply(ua, transaction, 481);
    else if (request.method !== "UPDATE") reply(ua, transaction, 500, { headers: retrySoon(ua) });
    else if (!this.#owner.onOffer && request.body.length > 0)
      reply(ua, transaction, 500, { headers: retrySoon(ua) });
    else {
      this.dialog.refreshTarget(request);
      void answerEarlyOffer(this, transaction, "UPDATE");
    }
  }

  get ua(): UserAgent {
    return this.#sender.ua;
  }

  get contactUser(): string {
    return this.#sender.contactUser;
  }

  get waiting(): boolean {
    return !this.#forgotten || this.dialog.state === "confirmed";
  }

  /** An offer can only be accepted once the first exchange is complete. */
  answerTo(offer: string): Promise<Result<string, Cause>> {
    return this.#owner.onOffer!(offer, this.#answer!);
  }

  identify({ request, flow }: ServerTransaction): void {
    const before = this.dialog.remoteParty;
    this.dialog.followRemote(request);
    if (this.ua.trusted(flow)) this.connectedIdentity.update(request, before);
  }

  async close(cause: Cause): Promise<void> {
    await this.#owner.giveUp(cause);
  }

  #acknowledge(response: SipResponse, rseq: number): void {
    const { number: cseq, method } = response.cseq;
    const headers = [["RAck", formatRAck({ rseq, cseq, method })]] as const;
    void requestInDialog(this.#sender, "PRACK", { headers });
  }

  /** Removes the dialog, unless a session has taken its place. */
  forget(): void {
    this.#forgotten = true;
    const { dialogs } = this.#sender.ua;
    if (dialogs.get(this.dialog.key) === this) dialogs.delete(this.dialog.key);
  }
}
