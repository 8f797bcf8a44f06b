// One branch of a call of ours that has not been answered: a dialog that a provisional response made (RFC 3261
// §12.1.2), with a negotiation of its own. It acknowledges what is sent reliably (RFC 3262 §4).
import type { Dialog } from "../dialog.ts";
import { formatRAck } from "../headers.ts";
import type { SipResponse } from "../message.ts";
import type { ServerTransaction } from "../transaction/transaction.ts";
import { descriptionOf } from "./body.ts";
import { requestInDialog, type Speaker } from "./in-dialog.ts";
import { describe, type Negotiation } from "./offer-answer.ts";
import { rseqOf } from "./reliable.ts";
import { reply, retrySoon } from "./replies.ts";
import type { CallAttempt, Cause } from "./session.ts";
import type { DialogUser, Standing } from "./stack.ts";

export class EarlyDialog implements DialogUser {
  readonly dialog: Dialog;
  negotiation: Negotiation;
  readonly #speaker: Speaker;
  readonly standing: Standing;
  readonly #giveUp: (cause: Cause) => Promise<unknown>;
  #lastRseq: number | undefined;
  #answer: string | undefined;

  /** `negotiation`: our offer, made. */
  constructor(
    speaker: Speaker,
    negotiation: Negotiation,
    owner: { readonly attempt: CallAttempt; readonly giveUp: (cause: Cause) => Promise<unknown> },
  ) {
    this.dialog = speaker.dialog;
    this.negotiation = negotiation;
    this.#speaker = speaker;
    this.standing = { kind: "calling", attempt: owner.attempt };
    this.#giveUp = owner.giveUp;
    speaker.stack.dialogs.set(this.dialog.key, this);
  }

  /** The answer, when a reliable response has brought it. */
  get answer(): string | undefined {
    return this.negotiation.phase === "settled" ? this.#answer : undefined;
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
    return { sdp: description.sdp };
  }

  onAck(): void {}

  /** Nothing that the callee may ask before answering is of use to us. */
  onRequest(transaction: ServerTransaction): void {
    const { stack } = this.#speaker;
    if (!this.dialog.takeCSeq(transaction.request) || transaction.request.method === "UPDATE") {
      reply(stack, transaction, 500, { headers: retrySoon(stack) });
    } else {
      reply(stack, transaction, 481);
    }
  }

  async close(cause: Cause): Promise<void> {
    await this.#giveUp(cause);
  }

  #acknowledge(response: SipResponse, rseq: number): void {
    const { number: cseq, method } = response.cseq;
    const headers = [["RAck", formatRAck({ rseq, cseq, method })]] as const;
    void requestInDialog(this.#speaker, "PRACK", { headers });
  }

  /** Unless a session has taken the place. */
  forget(): void {
    const { dialogs } = this.#speaker.stack;
    if (dialogs.get(this.dialog.key) === this) dialogs.delete(this.dialog.key);
  }
}
