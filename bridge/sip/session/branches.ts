// What becomes of one INVITE of ours: the dialogs that its responses make, one for each To tag (RFC 3261
// §13.2.2). The first 2xx that is still wanted becomes the session; every other is acknowledged and hung up.
import { errorMessage, fail, type Logger, ok, type Result } from "#common";
import { Dialog } from "../dialog.ts";
import type { SipRequest, SipResponse } from "../message.ts";
import type { Flow } from "../transport/transport.ts";
import { descriptionOf } from "./body.ts";
import { EarlyDialog } from "./early-dialog.ts";
import { EstablishedSession } from "./established.ts";
import { exchange } from "./exchange.ts";
import { describe, type Negotiation, noNegotiation } from "./offer-answer.ts";
import { flowFor, type Path } from "./path.ts";
import { reasonOf } from "./reason.ts";
import type { HeaderLines } from "./replies.ts";
import type { AnsweredCall, Authenticate, CallAttemptEvents, Cause } from "./session.ts";
import { agreeAsClient } from "./session-timer.ts";
import type { Stack } from "./stack.ts";

export interface SentInvite {
  readonly request: SipRequest;
  readonly flow: Flow;
  /** The flow is a registered phone's own: nothing else leads there. */
  readonly pinned: boolean;
  /** The ACK repeats them (§13.2.2.4). */
  readonly credentials: HeaderLines;
  readonly contactUser: string;
  readonly authenticate: Authenticate | undefined;
}

export interface BranchOwner {
  readonly log: Logger;
  /** Why an answer is not wanted any more. */
  unwanted(): Cause | undefined;
  onProgress(progress: CallAttemptEvents["progress"]): void;
  giveUp(cause: Cause): Promise<unknown>;
}

/** More than that is no fork but a flood. */
const maxBranches = 16;

export class Branches {
  readonly #stack: Stack;
  readonly #sent: SentInvite;
  readonly #owner: BranchOwner;
  readonly #offered: Negotiation;
  readonly #early = new Map<string, EarlyDialog>();
  /** To tag → its ACK, for 2xx that are repeated. */
  readonly #acks = new Map<string, () => void>();
  #result: Result<AnsweredCall, Cause> | undefined;

  constructor(stack: Stack, sent: SentInvite, owner: BranchOwner) {
    this.#stack = stack;
    this.#sent = sent;
    this.#owner = owner;
    const step = describe(noNegotiation, "us", "INVITE");
    this.#offered = step.ok ? step.next : noNegotiation;
  }

  /** What the first wanted 2xx led to. */
  get result(): Result<AnsweredCall, Cause> | undefined {
    return this.#result;
  }

  provisional(response: SipResponse): void {
    const tag = response.to.params.get("tag");
    if (response.status === 100 || tag === undefined) return;
    let early = this.#early.get(tag);
    if (!early) {
      if (this.#early.size >= maxBranches) return;
      const { giveUp } = this.#owner;
      early = new EarlyDialog(
        this.#stack,
        { ...this.#sent, negotiation: this.#offered },
        { response, giveUp },
      );
      this.#early.set(tag, early);
    }
    this.#owner.onProgress({ status: response.status, sdp: early.preview(response) });
  }

  success(response: SipResponse): void {
    const tag = response.to.params.get("tag") ?? "";
    const repeat = this.#acks.get(tag);
    if (repeat) repeat();
    else if (this.#acks.size < maxBranches) this.#answered(tag, response);
  }

  #answered(tag: string, response: SipResponse): void {
    const early = this.#early.get(tag);
    const dialog = early?.dialog ?? Dialog.ofResponse(this.#sent.request, response);
    dialog.confirm(response);
    const path = { flow: this.#sent.flow, pinned: this.#isPinned(dialog) };
    this.#acknowledge(tag, dialog, path);
    const unwanted = this.#result ? { status: 200, text: "Answered elsewhere" } : this.#owner.unwanted();
    if (unwanted) this.#hangUp(dialog, path, unwanted);
    else
      this.#result = this.#establish(response, {
        dialog,
        path,
        negotiation: early?.negotiation ?? this.#offered,
      });
  }

  /** The final response is there: what is still early will never be answered. */
  forget(): void {
    for (const early of this.#early.values()) early.forget();
  }

  #isPinned(dialog: Dialog): boolean {
    return this.#sent.pinned || (this.#sent.flow.reliable && dialog.routeSet.length === 0);
  }

  #establish(
    response: SipResponse,
    parts: { readonly dialog: Dialog; readonly path: Path; readonly negotiation: Negotiation },
  ): Result<AnsweredCall, Cause> {
    const description = descriptionOf(response);
    const step = describe(parts.negotiation, "them", "2xx");
    if (description.kind !== "sdp" || !step.ok) {
      const cause = { status: 488, text: "No answer to our offer in the 200" };
      this.#hangUp(parts.dialog, parts.path, cause);
      return fail(cause);
    }
    const session = new EstablishedSession(this.#stack, {
      ...parts,
      negotiation: step.next,
      contactUser: this.#sent.contactUser,
      log: this.#owner.log,
      outgoing: true,
      authenticate: this.#sent.authenticate,
    });
    session.core.peerUpdates = response.headers.all("Allow").includes("UPDATE");
    session.core.timer.restart(agreeAsClient(response.headers, this.#stack.sessionTimer));
    return ok({ session, answer: description.sdp });
  }

  #acknowledge(tag: string, dialog: Dialog, path: Path): void {
    const ack = dialog.createAck(this.#sent.request);
    for (const [name, value] of this.#sent.credentials) ack.headers.append(name, value);
    const flow = flowFor(this.#stack, dialog, path);
    const send = () => void flow.then((way) => this.#stack.transactions.sendAck(ack, way));
    this.#acks.set(tag, send);
    send();
  }

  #hangUp(dialog: Dialog, path: Path, cause: Cause): void {
    const bye = dialog.createRequest("BYE");
    bye.headers.append("Reason", reasonOf(cause)).append("User-Agent", this.#stack.product);
    flowFor(this.#stack, dialog, path)
      .then((flow) => exchange(this.#stack, bye, flow).outcome)
      .catch((error) => this.#owner.log.warn({ error: errorMessage(error) }, "BYE failed"));
  }
}
