// What the verbs of an established session share: its dialog, who owes what, whose INVITE is under way. The
// verbs are functions over this; the owner's view of it is EstablishedSession.
import { Emitter, fail, type Logger, ParleyError, SerialQueue } from "#common";
import type { Dialog } from "../dialog.ts";
import { type NameAddr, parseNameAddr } from "../headers.ts";
import type { SipRequest } from "../message.ts";
import type { ServerTransaction } from "../transaction/transaction.ts";
import type { Outcome } from "./exchange.ts";
import { type RequestParts, requestInDialog } from "./in-dialog.ts";
import { conclude, type Negotiation } from "./offer-answer.ts";
import { type Path, pathBack } from "./path.ts";
import { reply } from "./replies.ts";
import type { Authenticate, SessionEnd, SessionEvents, SessionHandlers } from "./session.ts";
import { SessionTimer } from "./session-timer.ts";
import type { DialogUser, Stack } from "./stack.ts";
import { PendingAcks } from "./success.ts";

/** Nobody answers offers before the owner has set its handlers, nor after the end. */
const noHandlers: SessionHandlers = {
  onOffer: async () => fail({ status: 491, text: "The call is still being set up" }),
  onOfferWanted: () => Promise.reject(new ParleyError("NO_MEDIA", "nobody answers for this session's media")),
  onAnswer: async () => {},
  onInfo: () => 200,
};

/** Made once: an error of its own for every call would cost more than the rest of its end. */
const over = new ParleyError("ENDED", "the session has ended");

export interface CoreParts {
  readonly dialog: Dialog;
  readonly path: Path;
  /** The user part of our Contact. */
  readonly contactUser: string;
  readonly negotiation: Negotiation;
  readonly log: Logger;
  /** The initial INVITE was ours (RFC 3261 §14.1 lets the two sides wait differently after glare). */
  readonly outgoing: boolean;
  readonly authenticate?: Authenticate | undefined;
  readonly timer: { readonly refresh: () => void; readonly expire: () => void };
}

export class SessionCore {
  readonly stack: Stack;
  readonly dialog: Dialog;
  readonly contactUser: string;
  readonly outgoing: boolean;
  readonly authenticate: Authenticate | undefined;
  readonly log: Logger;
  readonly acks: PendingAcks;
  readonly timer: SessionTimer;
  readonly events = new Emitter<SessionEvents>();
  /** Our own re-INVITEs, one after the other. */
  readonly offers = new SerialQueue(8);
  path: Path;
  negotiation: Negotiation;
  handlers: SessionHandlers = noHandlers;
  /** An INVITE without a final response yet; at most one at a time (§14). */
  invite:
    | { readonly by: "us" }
    | { readonly by: "them"; readonly transaction: ServerTransaction }
    | undefined;
  /** Whether the peer's Allow has named UPDATE. */
  peerUpdates: boolean;
  readonly #over = new AbortController();
  #end: SessionEnd | undefined;

  constructor(stack: Stack, parts: CoreParts) {
    this.stack = stack;
    this.dialog = parts.dialog;
    this.path = parts.path;
    this.contactUser = parts.contactUser;
    this.negotiation = parts.negotiation;
    this.log = parts.log;
    this.outgoing = parts.outgoing;
    this.authenticate = parts.authenticate;
    this.acks = new PendingAcks(stack.clock);
    this.timer = new SessionTimer(stack.clock, parts.timer);
    this.peerUpdates = false;
  }

  get ended(): boolean {
    return this.#end !== undefined;
  }

  get end(): SessionEnd | undefined {
    return this.#end;
  }

  /** Aborts with the end of the session: what still waits for something has nothing to wait for. */
  get over(): AbortSignal {
    return this.#over.signal;
  }

  get remote(): NameAddr {
    return parseNameAddr(this.dialog.remote);
  }

  /** Takes the place of whoever held the dialog before. */
  register(user: DialogUser): void {
    this.stack.dialogs.set(this.dialog.key, user);
  }

  unregister(): void {
    this.stack.dialogs.delete(this.dialog.key);
  }

  /** The end of the session, once: timers stop, open questions are answered, nothing reaches the owner after. */
  finish(end: SessionEnd): void {
    if (this.#end) return;
    this.#end = end;
    this.dialog.terminate();
    this.#over.abort(over);
    this.timer.stop();
    this.handlers = noHandlers;
    this.acks.close();
    if (this.invite?.by === "them") reply(this.stack, this.invite.transaction, 487);
    this.invite = undefined;
    this.log.info({ by: end.by, status: end.cause.status, cause: end.cause.text }, "call ended");
    this.events.emit("ended", end);
    this.events.clear();
  }

  /** The peer's target refresh request was accepted: it is now where this request came from. */
  follow(request: SipRequest, transaction: ServerTransaction): void {
    this.dialog.refreshTarget(request);
    this.path = pathBack(request, transaction.flow);
  }

  inviteConcluded(): void {
    this.invite = undefined;
    this.negotiation = conclude(this.negotiation);
  }

  /** Sends a request inside the dialog and waits for its outcome. */
  request(method: string, parts?: RequestParts): Promise<Outcome> {
    const { stack, dialog, path, contactUser, authenticate } = this;
    return requestInDialog({ stack, dialog, path, contactUser, authenticate }, method, parts);
  }
}
