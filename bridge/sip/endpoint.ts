// Puts the layers together: transport, digest guard, transactions, dispatcher. Sends our own requests and closes
// everything in order. Received requests are for request-dispatcher.ts.
import {
  BoundedMap,
  type Clock,
  Emitter,
  fail,
  type Logger,
  noStateRecords,
  ParleyError,
  type RateLimit,
  RateLimiter,
  type StateRecords,
  sourceOf,
  within,
} from "#common";
import type { DigestGuard, Principal } from "./auth/index.ts";
import type { SipRequest } from "./message/message.ts";
import { RepairCounters } from "./message/repairs.ts";
import { parseSipUri } from "./message/uri.ts";
import { RequestDispatcher } from "./request-dispatcher.ts";
import { createRouter, type Dns, systemDns } from "./routing/index.ts";
import { AdoptedCalls, type AdoptOptions } from "./session/adopt.ts";
import type { CallAttempt, CallOptions } from "./session/call-attempt.ts";
import { dialogKeyOf } from "./session/dialog.ts";
import type { InboundInvite } from "./session/inbound-invite.ts";
import { type RequestOptions, type RequestOutcome, requestOutside } from "./session/out-of-dialog.ts";
import { OutgoingCall } from "./session/outgoing-call.ts";
import type { Questions } from "./session/questions.ts";
import type { Cause } from "./session/reason.ts";
import type { Session } from "./session/session.ts";
import type { SessionTimerSettings } from "./session/session-timer.ts";
import type { SessionSnapshot, UnansweredInvite } from "./session/snapshot.ts";
import { recoverUnanswered } from "./session/unanswered.ts";
import type { UserAgent } from "./session/user-agent.ts";
import type { Closed, EndpointMetrics, RequestListener, SipEndpoint } from "./sip-endpoint.ts";
import { type EventPackage, Notifier } from "./subscription/index.ts";
import { createTransactionLayer, type SipTransactionLayer } from "./transaction/index.ts";
import { type Flow, isWebSocket, type Peer, type SipTransportLayer } from "./transport/index.ts";

export interface SipEndpointOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly transport: SipTransportLayer;
  /** For Server and User-Agent: `Parley/0.1.0`. */
  readonly userAgent: string;
  /** Peers whose asserted identities are believed; the owner of an invitation is told the result. */
  readonly trusted: (peer: Peer) => boolean;
  /** Authenticates unknown sources. Without it every source that the transport accepts may call. */
  readonly digestGuard?: DigestGuard | undefined;
  /** The number that an INVITE is for when its Request-URI does not carry it, as on a trunk where we are registered. */
  readonly dialled?: ((request: SipRequest, flow: Flow) => string | undefined) | undefined;
  /** Limit of concurrent calls, for an owner that does not count them itself. Default 2000. */
  readonly maxSessions?: number;
  /** Rate of new calls per source; further INVITEs are answered 503 and only counted. */
  readonly inviteRate?: RateLimit;
  /** Called when a source exceeds `inviteRate`. */
  readonly onFlood?: ((address: string) => void) | undefined;
  /** Limit of concurrent subscriptions outside of calls; further ones are answered 503. Default 500. */
  readonly maxSubscriptions?: number;
  /** Default: an interval of half an hour, at least 90 s. */
  readonly sessionTimer?: SessionTimerSettings;
  /** Announces `isfocus`: calls end in conferences here (RFC 4579 §5.1). Default false. */
  readonly focus?: boolean;
  /** How the names in URIs are looked up. Default: the system's resolver. */
  readonly dns?: Dns;
  /** Records INVITEs without a final response for the next process. Default: nothing is recorded. */
  readonly unanswered?: StateRecords<UnansweredInvite>;
  /** Returns a number from 0 up to 1. Default `Math.random`. */
  readonly random?: () => number;
}

const methods = [
  ...["INVITE", "ACK", "CANCEL", "BYE", "OPTIONS", "INFO", "UPDATE", "PRACK"],
  ...["REFER", "SUBSCRIBE", "NOTIFY", "MESSAGE"],
];
/** Above what a PBX needs that carries every call of an organisation; a flood exceeds it. */
const defaultInviteRate: RateLimit = { perSecond: 100, burst: 500, sources: 4096 };
/** Requests inside one dialog: more than the fastest key presses need. */
const inDialogRate: RateLimit = { perSecond: 20, burst: 100, sources: 4096 };
/** These methods start nothing new, and it must always be possible to end a call. */
const unbounded: ReadonlySet<string> = new Set(["BYE", "PRACK"]);
/** Larger than the limit of connections. */
const maxPrincipals = 20_000;
/** Limit of the wait for the answers to our BYEs when the endpoint closes. */
const closeLimitMs = 4000;

/** Takes over the transport layer; nothing is received before `listen`. */
export const createSipEndpoint = (options: SipEndpointOptions): SipEndpoint => new Endpoint(options);

class Endpoint implements SipEndpoint {
  onInvite: (invitation: InboundInvite) => void = (invitation) =>
    invitation.reject({ status: 480, text: "No calls are taken here" });
  readonly questions: Questions = {
    onRefer: async () => fail({ status: 603, text: "No calls are placed on request" }),
    onMessage: () => 403,
  };
  readonly connections = new Emitter<{ lost: Flow }>();
  draining = false;
  isFull = (): boolean => this.sessions >= (this.#options.maxSessions ?? 2000);
  isOverloaded = (): boolean => false;
  readonly #options: SipEndpointOptions;
  readonly #transactions: SipTransactionLayer;
  readonly #allow = [...methods];
  readonly #eventPackages = ["refer"];
  readonly #notifier: Notifier;
  readonly #dispatcher: RequestDispatcher;
  readonly #ua: UserAgent;
  readonly #adopted: AdoptedCalls;
  readonly #attempts = new Set<OutgoingCall>();
  readonly #invites: RateLimiter;
  readonly #inDialog: RateLimiter;
  /** The last accepted holders of credentials by their id, the latest last. */
  readonly #principals = new BoundedMap<string, Principal>({ most: maxPrincipals });
  /** Holders of the credentials of INVITEs that the previous process admitted. */
  readonly #leftPrincipals = new WeakMap<SipRequest, Principal>();
  #invitesOverRate = 0;
  #closing: Promise<void> | undefined;

  constructor(options: SipEndpointOptions) {
    const { clock, log, transport, random = Math.random } = options;
    this.#options = options;
    this.#invites = new RateLimiter(clock, options.inviteRate ?? defaultInviteRate);
    this.#inDialog = new RateLimiter(clock, inDialogRate);
    const repairs = new RepairCounters();
    this.#transactions = createTransactionLayer({ clock, transport, logger: log, repairs });
    this.#transactions.user = {
      isOverRate: (request, flow) => this.#isOverRate(request, flow),
      onRequest: (transaction) => this.#dispatcher.receive(transaction),
      onAck: (ack) => this.#dispatcher.dialogOf(ack)?.onAck(ack),
      onStrayResponse: (response) => this.#adopted.receiveStray(response),
    };
    const { lost } = transport;
    transport.lost = (flow) => {
      lost(flow);
      this.connections.emit("lost", flow);
    };
    const { receive } = transport;
    transport.receive = (message, flow) => {
      for (const repair of message.repairs) repairs.add(repair);
      receive(message, flow);
    };
    // Before the counters: a request that the guard refuses is counted only by the guard.
    if (options.digestGuard) this.#guard(options.digestGuard);
    this.#ua = {
      clock,
      log,
      transport,
      transactions: this.#transactions,
      dialogs: new Map(),
      product: options.userAgent,
      allow: this.#allow,
      eventPackages: this.#eventPackages,
      contactFeatures: options.focus ? ";isfocus" : "",
      trusted: options.trusted,
      questions: this.questions,
      repairs,
      sessionTimer: options.sessionTimer ?? { intervalSeconds: 1800, minSeconds: 90 },
      router: createRouter({ clock, log, transport, dns: options.dns ?? systemDns, random }),
      unanswered: options.unanswered ?? noStateRecords(),
      random,
      events: new Emitter(),
    };
    this.#notifier = new Notifier(this.#ua, options.maxSubscriptions ?? 500);
    this.#adopted = new AdoptedCalls(this.#ua);
    this.#dispatcher = new RequestDispatcher({
      ua: this.#ua,
      adopted: this.#adopted,
      notifier: this.#notifier,
      dialled: options.dialled,
      principalOf: (request) =>
        options.digestGuard?.principalOf(request) ?? this.#leftPrincipals.get(request),
      closed: () => this.#closedFor(),
      onInvite: (invitation) => this.onInvite(invitation),
    });
  }

  get sessions(): number {
    return this.#ua.dialogs.size - this.#notifier.size;
  }

  get metrics(): EndpointMetrics {
    const { counters } = this.#transactions;
    const { requestsReceived, requestsSent, responsesReceived, responsesSent, timersFired } = counters;
    return {
      requests: requestsReceived,
      responses: responsesSent,
      requestsSent,
      responsesReceived,
      timers: timersFired,
      repairs: this.#ua.repairs.counts,
      turnedAway: this.#invitesOverRate,
      refused: this.#dispatcher.refused,
    };
  }

  addListener(listener: RequestListener): void {
    this.#dispatcher.add(listener);
    for (const method of listener.methods) if (!this.#allow.includes(method)) this.#allow.push(method);
  }

  addEventPackage(eventPackage: EventPackage): void {
    this.#notifier.add(eventPackage);
    this.#eventPackages.push(eventPackage.name);
  }

  adopt(snapshot: SessionSnapshot, options: AdoptOptions = {}): Session {
    return this.#adopted.adopt(snapshot, options);
  }

  async listen(): Promise<void> {
    await this.#options.transport.listen();
    recoverUnanswered(this.#ua, {
      receive: (request, flow, principal) => {
        if (principal) this.#leftPrincipals.set(request, principal);
        this.#transactions.receive(request, flow);
      },
      isAdopted: (callId) => this.#adopted.has(callId),
    });
  }

  call(options: CallOptions): CallAttempt {
    const attempt = new OutgoingCall(this.#ua, options);
    this.#attempts.add(attempt);
    void attempt.outcome.finally(() => this.#attempts.delete(attempt));
    if (this.#closing) attempt.cancel({ status: 503, text: "Closed" });
    return attempt;
  }

  async request(options: RequestOptions): Promise<RequestOutcome> {
    if (this.#closing) return { status: 503, reason: "Closed", response: undefined, flow: undefined };
    return requestOutside(this.#ua, options);
  }

  async locate(uri: string): Promise<readonly string[]> {
    const destinations = await this.#ua.router.locate(parseSipUri(uri));
    return destinations.map(({ address }) => address);
  }

  async flowTo(uri: string): Promise<Flow> {
    const { router } = this.#ua;
    const destination = await router.resolve(parseSipUri(uri));
    if (!destination) throw new ParleyError("UNREACHABLE", `${uri} has no address`);
    return router.connect(destination, 0);
  }

  closeConnectionsOf(revokes: (principal: Principal) => boolean): void {
    for (const [id, principal] of this.#principals) {
      if (!revokes(principal)) continue;
      this.#options.transport.revoke(id);
      this.#principals.delete(id);
    }
  }

  snapshot(): Record<string, unknown> {
    return {
      draining: this.draining,
      sessions: this.sessions,
      attempts: this.#attempts.size,
      subscriptions: this.#notifier.size,
      transactions: this.#transactions.snapshot(),
      transport: this.#options.transport.counters,
      listeners: this.#options.transport.listeners,
    };
  }

  close(cause: Cause): Promise<void> {
    this.#closing ??= this.#close(cause);
    return this.#closing;
  }

  async #close(cause: Cause): Promise<void> {
    this.draining = true;
    const users = [...this.#ua.dialogs.values(), ...this.#attempts];
    const closing = Promise.all(users.map((user) => user.close(cause)));
    await within(closing, { clock: this.#ua.clock, limitMs: closeLimitMs });
    this.#ua.events.emit("closed", undefined);
    await this.#transactions.close();
    await this.#options.transport.close();
    this.connections.clear();
  }

  /** Whether the source makes too many calls, or too many requests arrive in one dialog. */
  #isOverRate(request: SipRequest, { remote }: Flow): boolean {
    const key = dialogKeyOf(request);
    if (key !== undefined) {
      return !unbounded.has(request.method) && this.#ua.dialogs.has(key) && !this.#inDialog.allows(key);
    }
    if (request.method !== "INVITE" || this.#invites.allows(sourceOf(remote.address))) return false;
    this.#invitesOverRate += 1;
    this.#options.onFlood?.(remote.address);
    return true;
  }

  #closedFor(): Closed | undefined {
    if (this.draining) return "draining";
    if (this.isFull()) return "full";
    return this.isOverloaded() ? "overloaded" : undefined;
  }

  /** Puts the guard before the transactions: an unknown source costs no state. */
  #guard(digestGuard: DigestGuard): void {
    const { transport } = this.#options;
    const { receive } = transport;
    const context = {
      transport,
      isInDialog: (request: SipRequest, flow: Flow) => {
        const dialog = this.#dispatcher.dialogOf(request) ?? this.#adopted.begunBy(request);
        return dialog !== undefined && isSamePeer(dialog.flow, flow);
      },
      onAccepted: (principal: Principal) => this.#principals.set(principal.id, principal),
    };
    transport.receive = (message, flow) => {
      if (digestGuard.admits(message, flow, context)) receive(message, flow);
    };
  }
}

/** Browsers behind one proxy share its address; only the connection tells them apart. */
const isSamePeer = (known: Flow, flow: Flow): boolean =>
  isWebSocket(flow) ? known.id === flow.id : known.remote.address === flow.remote.address;
