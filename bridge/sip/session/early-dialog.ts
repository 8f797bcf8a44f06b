// One branch of a call of ours that has not been answered: a dialog that a provisional response made (RFC 3261
// §12.1.2), with a negotiation of its own. It acknowledges what is sent reliably (RFC 3262 §4).

import type { Result } from "#common";
import type { Dialog } from "../dialog.ts";
import { formatRAck } from "../message/headers.ts";
import type { SipResponse } from "../message/message.ts";
import type { ServerTransaction } from "../transaction/transaction.ts";
import { descriptionOf } from "./body.ts";
import type { CallAttempt } from "./call-attempt.ts";
import type { FarParty } from "./connected-identity.ts";
import { type EarlyParty, takeEarlyOffer } from "./early-exchange.ts";
import { requestInDialog, type Speaker } from "./in-dialog.ts";
import { describe, type Negotiation, withdraw } from "./offer-answer.ts";
import type { Cause } from "./reason.ts";
import { rseqOf } from "./reliable.ts";
import { reply, retrySoon } from "./replies.ts";
import type { DialogUser, SessionStack, Standing } from "./user-agent.ts";

export interface EarlyOwner {
  readonly attempt: CallAttempt;
  readonly onOffer: ((offer: string) => Promise<Result<string, Cause>>) | undefined;
  giveUp(cause: Cause): Promise<unknown>;
}

export class EarlyDialog implements DialogUser, EarlyParty {
  readonly dialog: Dialog;
  negotiation: Negotiation;
  /** Whom its messages have named. */
  readonly party: FarParty;
  readonly #speaker: Speaker;
  readonly standing: Standing;
  readonly #owner: EarlyOwner;
  #forgotten = false;
  #lastRseq: number | undefined;
  #answer: string | undefined;
  /** The first description that an unreliable response has shown. */
  #preview: string | undefined;

  /** `negotiation`: our offer, made. `party`: whom we have called. */
  constructor(
    speaker: Speaker,
    { negotiation, party }: { readonly negotiation: Negotiation; readonly party: FarParty },
    owner: EarlyOwner,
  ) {
    this.dialog = speaker.dialog;
    this.negotiation = negotiation;
    this.party = party;
    this.#speaker = speaker;
    this.standing = { kind: "calling", attempt: owner.attempt };
    this.#owner = owner;
    speaker.stack.dialogs.set(this.dialog.key, this);
  }

  get remoteAddress(): string {
    return this.#speaker.path.flow.remote.address;
  }

  /** The answer, when a reliable response has brought it. */
  get answer(): string | undefined {
    return withdraw(this.negotiation).phase === "settled" ? this.#answer : undefined;
  }

  /** What counts as the answer when the 2xx brings none (RFC 3261 §13.2.1): the first description of this dialog. */
  get preview(): string | undefined {
    return this.#preview;
  }

  /**
   * What a provisional response says: its description is early media, and the answer when the response is
   * reliable. Undefined when it is not new, or came out of order (RFC 3262 §4).
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

  /** Besides another offer, nothing that the callee may ask before answering is of use to us. */
  onRequest(transaction: ServerTransaction): void {
    const { stack } = this.#speaker;
    const { request } = transaction;
    if (!this.dialog.takeCSeq(request)) reply(stack, transaction, 500, { headers: retrySoon(stack) });
    else if (request.method !== "UPDATE") reply(stack, transaction, 481);
    else if (!this.#owner.onOffer && request.body.length > 0)
      reply(stack, transaction, 500, { headers: retrySoon(stack) });
    else {
      this.dialog.refreshTarget(request);
      void takeEarlyOffer(this, transaction, "UPDATE");
    }
  }

  get stack(): SessionStack {
    return this.#speaker.stack;
  }

  get contactUser(): string {
    return this.#speaker.contactUser;
  }

  get waiting(): boolean {
    return !this.#forgotten || this.dialog.state === "confirmed";
  }

  answerTo(offer: string): Promise<Result<string, Cause>> {
    return this.#owner.onOffer!(offer);
  }

  identify({ request, flow }: ServerTransaction): void {
    const before = this.dialog.remoteParty;
    this.dialog.followRemote(request);
    if (this.stack.trusted(flow.remote.address)) this.party.hear(request, before);
  }

  async close(cause: Cause): Promise<void> {
    await this.#owner.giveUp(cause);
  }

  #acknowledge(response: SipResponse, rseq: number): void {
    const { number: cseq, method } = response.cseq;
    const headers = [["RAck", formatRAck({ rseq, cseq, method })]] as const;
    void requestInDialog(this.#speaker, "PRACK", { headers });
  }

  /** Unless a session has taken the place. */
  forget(): void {
    this.#forgotten = true;
    const { dialogs } = this.#speaker.stack;
    if (dialogs.get(this.dialog.key) === this) dialogs.delete(this.dialog.key);
  }
}
