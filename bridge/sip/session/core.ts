// What the methods of an established session share: its dialog, its negotiation, the INVITE in progress. BYE, INFO, REFER and
// so on are functions over this object, one file each; the owner's view of it is EstablishedSession.

import { Emitter, errorMessage, fail, type Logger, ParleyError, SerialQueue } from "#common";
import type { Authenticate } from "../auth/index.ts";
import type { Principal } from "../auth/principal.ts";
import type { SipMessage, SipRequest } from "../message/message.ts";
import type { ServerTransaction } from "../transaction/transaction.ts";
import type { Flow } from "../transport/transport.ts";
import type { ConnectedIdentity } from "./connected-identity.ts";
import type { Dialog } from "./dialog.ts";
import type { Outcome } from "./exchange.ts";
import { type DialogSender, type RequestParts, requestInDialog } from "./in-dialog.ts";
import { conclude, type Negotiation } from "./offer-answer.ts";
import { type Path, returnPath, snapshotPath } from "./path.ts";
import { PendingAcks } from "./pending-acks.ts";
import type { SessionEnd } from "./reason.ts";
import { reply } from "./replies.ts";
import type { SessionEvents, SessionHandlers } from "./session.ts";
import { SessionTimer } from "./session-timer.ts";
import { type SessionSnapshot, snapshotPrincipal } from "./snapshot.ts";
import type { DialogUser, UserAgent } from "./user-agent.ts";

/** Used before the owner has set its handlers, and after the end. */
const noHandlers: SessionHandlers = {
  onOffer: async () => fail({ status: 491, text: "The call is still being set up" }),
  onOfferWanted: () => Promise.reject(new ParleyError("NO_MEDIA", "the session has no owner")),
  onAnswer: async () => {},
  onInfo: () => 200,
};

/** A further usage of the dialog of a call (RFC 5057): it may outlive the call. */
export interface Usage {
  matches(request: SipRequest): boolean;
  onRequest(transaction: ServerTransaction): void;
  callEnded?(): void;
}

const noUsages: readonly Usage[] = [];

/** Shared, because an abort without a reason creates an exception with a stack each time. */
const callOver = new ParleyError("CALL_OVER", "the call has ended");

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
  /** The CSeq of that INVITE. */
  readonly inviteCSeq: number;
  /** The holder of the credentials that opened it; undefined: it was opened without any. */
  readonly principal?: Principal | undefined;
  /** The identity of the remote party, as far as it is known. */
  readonly connectedIdentity: ConnectedIdentity;
  readonly timer: { readonly refresh: () => void; readonly expire: () => void };
}

export class SessionCore {
  readonly ua: UserAgent;
  readonly dialog: Dialog;
  readonly contactUser: string;
  readonly outgoing: boolean;
  readonly inviteCSeq: number;
  readonly authenticate: Authenticate | undefined;
  readonly principal: Principal | undefined;
  readonly log: Logger;
  readonly acks: PendingAcks;
  readonly timer: SessionTimer;
  readonly connectedIdentity: ConnectedIdentity;
  readonly events = new Emitter<SessionEvents>();
  negotiation: Negotiation;
  /** REFERs that the owner has not decided yet. */
  pendingRefers = 0;
  /** An INVITE without a final response yet; at most one at a time (§14). */
  invite:
    | { readonly by: "us" }
    | { readonly by: "them"; readonly transaction: ServerTransaction }
    | undefined;
  // Created on first use: most calls are never renegotiated, and there may be thousands.
  #offers: SerialQueue | undefined;
  #over: AbortController | undefined;
  #end: SessionEnd | undefined;
  #handlers: SessionHandlers = noHandlers;
  #onHandlers: (() => void)[] | undefined;
  #usages = noUsages;
  #unregistered = false;
  #path: Path;
  #hadReferrals = false;
  #peerUpdates = false;
  #changing = false;

  constructor(ua: UserAgent, parts: CoreParts) {
    this.ua = ua;
    this.dialog = parts.dialog;
    this.#path = parts.path;
    this.contactUser = parts.contactUser;
    this.negotiation = parts.negotiation;
    this.log = parts.log;
    this.outgoing = parts.outgoing;
    this.inviteCSeq = parts.inviteCSeq;
    this.authenticate = parts.authenticate;
    this.principal = parts.principal;
    const changed = () => this.#change();
    this.acks = new PendingAcks(ua.clock, changed);
    this.timer = new SessionTimer(ua.clock, { ...parts.timer, changed });
    this.connectedIdentity = parts.connectedIdentity;
    this.dialog.onChange = changed;
  }

  get path(): Path {
    return this.#path;
  }

  set path(path: Path) {
    this.#path = path;
    this.#change();
  }

  /** Whether the peer's Allow has named UPDATE. */
  get peerUpdates(): boolean {
    return this.#peerUpdates;
  }

  set peerUpdates(peerUpdates: boolean) {
    if (peerUpdates === this.#peerUpdates) return;
    this.#peerUpdates = peerUpdates;
    this.#change();
  }

  /** A REFER was accepted in this dialog: the subscription of the next one needs an id. */
  get hadReferrals(): boolean {
    return this.#hadReferrals;
  }

  set hadReferrals(hadReferrals: boolean) {
    this.#hadReferrals = hadReferrals;
    this.#change();
  }

  /** The open offer, if any, was carried by a 2xx of ours. */
  get #answerIsOwed(): boolean {
    const { negotiation } = this;
    return negotiation.phase === "offered" && negotiation.by === "us" && negotiation.carrier === "2xx";
  }

  snapshot(): SessionSnapshot {
    const { dialog, inviteCSeq, outgoing, contactUser, principal, connectedIdentity } = this;
    const { peerUpdates, hadReferrals } = this;
    const timer = this.timer.snapshot();
    const unacknowledged = this.acks.snapshot();
    return {
      dialog: dialog.snapshot(),
      ...{ inviteCSeq, outgoing, contactUser, peerUpdates, hadReferrals },
      ...snapshotPath(this.#path),
      ...(principal && { principal: snapshotPrincipal(principal) }),
      identity: connectedIdentity.snapshot(),
      ...(timer && { timer }),
      unacknowledged,
      answerIsOwed: unacknowledged.length > 0 && this.#answerIsOwed,
    };
  }

  /** Notifies the owner once about all changes of one step, before any other message is processed. */
  #change(): void {
    if (this.#changing || this.#end) return;
    this.#changing = true;
    queueMicrotask(() => {
      this.#changing = false;
      try {
        this.events.emit("changed", undefined);
      } catch (error) {
        this.log.error({ error: errorMessage(error) }, "the owner of the call failed to note a change");
      }
    });
  }

  get ended(): boolean {
    return this.#end !== undefined;
  }

  get end(): SessionEnd | undefined {
    return this.#end;
  }

  /** Aborts with the end of the session, and with it every wait of the session. */
  get over(): AbortSignal {
    if (!this.#over) {
      this.#over = new AbortController();
      if (this.#end) this.#over.abort(callOver);
    }
    return this.#over.signal;
  }

  /** The queue of our own re-INVITEs. */
  get offers(): SerialQueue {
    this.#offers ??= new SerialQueue(8);
    return this.#offers;
  }

  /** Replaces the previous user of the dialog. */
  register(user: DialogUser): void {
    this.ua.dialogs.set(this.dialog.key, user);
  }

  /** The call is over; the dialog stays while a usage of it is left. */
  unregister(): void {
    this.#unregistered = true;
    if (this.#usages.length === 0) this.ua.dialogs.delete(this.dialog.key);
  }

  get usages(): readonly Usage[] {
    return this.#usages;
  }

  addUsage(usage: Usage): void {
    this.#usages = [...this.#usages, usage];
  }

  removeUsage(usage: Usage): void {
    const others = this.#usages.filter((other) => other !== usage);
    this.#usages = others.length === 0 ? noUsages : others;
    if (this.#unregistered) this.unregister();
  }

  get handlers(): SessionHandlers {
    return this.#handlers;
  }

  set handlers(handlers: SessionHandlers) {
    this.#handlers = handlers;
    const waiting = this.#onHandlers;
    this.#onHandlers = undefined;
    for (const go of waiting ?? []) go();
  }

  /** The owner's handlers; waits for them when a message arrives before they are set. */
  async owner(): Promise<SessionHandlers> {
    if (this.#handlers === noHandlers && !this.#end) {
      await new Promise<void>((resolve) => {
        this.#onHandlers ??= [];
        this.#onHandlers.push(resolve);
      });
    }
    return this.#handlers;
  }

  /** Ends the session, once: stops timers, answers an open INVITE, and calls no handler afterwards. */
  finish(end: SessionEnd): void {
    if (this.#end) return;
    this.#end = end;
    this.dialog.terminate();
    this.#over?.abort(callOver);
    this.timer.stop();
    this.handlers = noHandlers;
    this.acks.close();
    if (this.invite?.by === "them") reply(this.ua, this.invite.transaction, 487);
    this.invite = undefined;
    for (const usage of this.#usages) usage.callEnded?.();
    this.log.info({ by: end.by, status: end.cause.status, cause: end.cause.text }, "session ended");
    this.events.emit("ended", end);
    this.events.clear();
  }

  /** The peer's target refresh request was accepted: the peer is now where this request came from. */
  follow(request: SipRequest, transaction: ServerTransaction): void {
    this.dialog.refreshTarget(request);
    this.path = returnPath(request, transaction.flow);
    this.identify(request, transaction.flow);
  }

  /** Updates the identity of the remote party from an accepted request or a 2xx on that flow. */
  identify(message: SipMessage, flow: Flow): void {
    if (this.#end) return;
    const remote = this.dialog.remoteParty;
    // Even if the peer is not trusted, it expects its latest From in To (RFC 4916).
    if (message.kind === "request") this.dialog.followRemote(message);
    if (!this.ua.trusted(flow)) return;
    const change = this.connectedIdentity.update(message, remote);
    this.#change();
    if (!change) return;
    this.log.info(
      { from: change.before.number, to: change.now.number },
      "the connected identity has changed",
    );
    this.events.emit("identified", change);
  }

  inviteConcluded(): void {
    this.invite = undefined;
    this.negotiation = conclude(this.negotiation);
  }

  /** Sends a request inside the dialog and waits for its outcome. */
  request(method: string, parts?: RequestParts): Promise<Outcome> {
    return requestInDialog(this.sender, method, parts);
  }

  /** For requests inside this dialog, on its current path. */
  get sender(): DialogSender {
    const { ua, dialog, path, contactUser, authenticate } = this;
    return { ua, dialog, path, contactUser, authenticate };
  }
}
