// One branch of a call of ours that has not been answered: a dialog that a provisional response made (RFC 3261
// §12.1.2), with a negotiation of its own.
import { Dialog } from "../dialog.ts";
import type { SipRequest, SipResponse } from "../message.ts";
import type { ServerTransaction } from "../transaction/transaction.ts";
import type { Flow } from "../transport/transport.ts";
import { descriptionOf } from "./body.ts";
import { describe, type Negotiation } from "./offer-answer.ts";
import { reply, retrySoon } from "./replies.ts";
import type { Cause } from "./session.ts";
import type { DialogUser, Stack } from "./stack.ts";

export class EarlyDialog implements DialogUser {
  readonly dialog: Dialog;
  negotiation: Negotiation;
  readonly #stack: Stack;
  readonly #giveUp: (cause: Cause) => Promise<unknown>;

  constructor(
    stack: Stack,
    invite: { readonly request: SipRequest; readonly flow: Flow; readonly negotiation: Negotiation },
    owner: { readonly response: SipResponse; readonly giveUp: (cause: Cause) => Promise<unknown> },
  ) {
    this.dialog = Dialog.ofResponse(invite.request, owner.response);
    this.negotiation = invite.negotiation;
    this.#stack = stack;
    this.#giveUp = owner.giveUp;
    stack.dialogs.set(this.dialog.key, this);
  }

  /** The description in a provisional response: what early media looks like. */
  preview(response: SipResponse): string | undefined {
    const description = descriptionOf(response);
    const step = describe(this.negotiation, "them", "1xx");
    if (description.kind !== "sdp" || !step.ok) return undefined;
    this.negotiation = step.next;
    return description.sdp;
  }

  onAck(): void {}

  /** Nothing that the callee may ask before answering is of use to us. */
  onRequest(transaction: ServerTransaction): void {
    if (!this.dialog.takeCSeq(transaction.request) || transaction.request.method === "UPDATE") {
      reply(this.#stack, transaction, 500, { headers: retrySoon(this.#stack) });
    } else {
      reply(this.#stack, transaction, 481);
    }
  }

  async close(cause: Cause): Promise<void> {
    await this.#giveUp(cause);
  }

  /** Unless a session has taken the place. */
  forget(): void {
    const { key } = this.dialog;
    if (this.#stack.dialogs.get(key) === this) this.#stack.dialogs.delete(key);
  }
}
