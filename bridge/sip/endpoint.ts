// The stack behind one door: wires transport, transactions and dialogs, and passes each request along until
// somebody says "mine". Decides nothing about calls; that is for whoever is invited.
//
//   request → checks → its dialog → added listeners → OPTIONS, INVITE, REFER, SUBSCRIBE, MESSAGE → 481
import { type Clock, delay, Emitter, errorMessage, fail, type Logger, ParleyError } from "#common";
import type { Gate } from "./auth/index.ts";
import { dialogKeyOf } from "./dialog.ts";
import type { SipRequest } from "./message.ts";
import { createRouter, type Dns, systemDns } from "./routing/index.ts";
import { sdpType } from "./session/body.ts";
import { checkRequest } from "./session/checks.ts";
import { IncomingInvitation } from "./session/invitation.ts";
import { requestOutside } from "./session/out-of-dialog.ts";
import { OutgoingCall } from "./session/outgoing-call.ts";
import { answerStandaloneRefer } from "./session/refer-in.ts";
import { replacementOf } from "./session/replaces.ts";
import { type HeaderLines, reply } from "./session/replies.ts";
import type {
  CallAttempt,
  CallOptions,
  Cause,
  EndpointMetrics,
  Invitation,
  Questions,
  RequestListener,
  RequestOptions,
  RequestOutcome,
  SipEndpoint,
} from "./session/session.ts";
import { asksTooShort, type SessionTimerSettings } from "./session/session-timer.ts";
import { type Stack, supported } from "./session/stack.ts";
import { answerMessage } from "./session/text-message.ts";
import { type EventPackage, Notifier } from "./subscription/index.ts";
import { SipSyntaxError } from "./syntax-error.ts";
import {
  createTransactionLayer,
  type ServerTransaction,
  type SipTransactionLayer,
} from "./transaction/index.ts";
import type { Flow, SipTransportLayer } from "./transport/index.ts";
import { parseSipUri } from "./uri.ts";

export interface SipEndpointOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly transport: SipTransportLayer;
  /** For Server and User-Agent: `Parley/0.1.0`. */
  readonly userAgent: string;
  /** Whose asserted identities are believed; also told to the owner of an invitation. */
  readonly trusted: (address: string) => boolean;
  /** The door for sources that are not known. Without it everybody whom the transport hears comes in. */
  readonly gate?: Gate | undefined;
  /** The number that an INVITE is for where its Request-URI does not say it: on a trunk we are registered at. */
  readonly dialled?: ((request: SipRequest, flow: Flow) => string | undefined) | undefined;
  /** Calls at once; further INVITEs are answered 503. Default 2000. */
  readonly maxSessions?: number;
  /** Subscriptions outside of calls at once; further ones are answered 503. Default 500. */
  readonly maxSubscriptions?: number;
  /** Default: half an hour, not under 90 s. */
  readonly sessionTimer?: SessionTimerSettings;
  /** How the names in URIs are looked up. Default: the system's resolver. */
  readonly dns?: Dns;
  /** 0 … 1. Default `Math.random`. */
  readonly random?: () => number;
}

const methods = [
  ...["INVITE", "ACK", "CANCEL", "BYE", "OPTIONS", "INFO", "UPDATE", "PRACK"],
  ...["REFER", "SUBSCRIBE", "NOTIFY", "MESSAGE"],
];
/** Seconds after which a refused caller may try again. */
const drainingRetryAfter = 30;
const fullRetryAfter = 10;
/** How long closing waits for the answers to its BYEs. */
const closeLimitMs = 4000;

/** Takes over the transport layer; nothing is received before `listen`. */
export const createSipEndpoint = (options: SipEndpointOptions): SipEndpoint => new Endpoint(options);

class Endpoint implements SipEndpoint {
  onInvitation: (invitation: Invitation) => void = (invitation) =>
    invitation.reject({ status: 480, text: "Nobody takes calls" });
  readonly questions: Questions = {
    onRefer: async () => fail({ status: 603, text: "Nobody is called from here on request" }),
    onMessage: () => 403,
  };
  draining = false;
  readonly #options: SipEndpointOptions;
  readonly #transactions: SipTransactionLayer;
  readonly #allow = [...methods];
  readonly #eventPackages = ["refer"];
  readonly #notifier: Notifier;
  readonly #listeners: RequestListener[] = [];
  readonly #stack: Stack;
  readonly #attempts = new Set<OutgoingCall>();
  #closing: Promise<void> | undefined;

  constructor(options: SipEndpointOptions) {
    const { clock, log, transport, random = Math.random } = options;
    this.#options = options;
    this.#transactions = createTransactionLayer({ clock, transport, logger: log });
    this.#transactions.user = {
      onRequest: (transaction) => this.#receive(transaction),
      onAck: (ack) => this.#dialogOf(ack)?.onAck(ack),
      onStrayResponse: () => {},
    };
    if (options.gate) this.#guard(options.gate);
    this.#stack = {
      clock,
      log,
      transport,
      transactions: this.#transactions,
      dialogs: new Map(),
      product: options.userAgent,
      allow: this.#allow,
      eventPackages: this.#eventPackages,
      trusted: options.trusted,
      questions: this.questions,
      sessionTimer: options.sessionTimer ?? { intervalSeconds: 1800, minSeconds: 90 },
      router: createRouter({ clock, log, transport, dns: options.dns ?? systemDns, random }),
      random,
      events: new Emitter(),
    };
    this.#notifier = new Notifier(this.#stack, options.maxSubscriptions ?? 500);
  }

  get sessions(): number {
    return this.#stack.dialogs.size - this.#notifier.size;
  }

  get metrics(): EndpointMetrics {
    const { requestsReceived, requestsSent, responsesReceived, responsesSent, timersFired } =
      this.#transactions.counters;
    return {
      requests: requestsReceived,
      responses: responsesSent,
      requestsSent,
      responsesReceived,
      timers: timersFired,
    };
  }

  addListener(listener: RequestListener): void {
    this.#listeners.push(listener);
    for (const method of listener.methods) if (!this.#allow.includes(method)) this.#allow.push(method);
  }

  addEventPackage(eventPackage: EventPackage): void {
    this.#notifier.add(eventPackage);
    this.#eventPackages.push(eventPackage.name);
  }

  listen(): Promise<void> {
    return this.#options.transport.listen();
  }

  call(options: CallOptions): CallAttempt {
    const attempt = new OutgoingCall(this.#stack, options);
    this.#attempts.add(attempt);
    void attempt.outcome.finally(() => this.#attempts.delete(attempt));
    if (this.#closing) attempt.cancel({ status: 503, text: "Closed" });
    return attempt;
  }

  async request(options: RequestOptions): Promise<RequestOutcome> {
    if (this.#closing) return { status: 503, reason: "Closed", response: undefined, flow: undefined };
    return requestOutside(this.#stack, options);
  }

  async locate(uri: string): Promise<readonly string[]> {
    const destinations = await this.#stack.router.locate(parseSipUri(uri));
    return destinations.map(({ address }) => address);
  }

  async flowTo(uri: string): Promise<Flow> {
    const { router } = this.#stack;
    const destination = await router.resolve(parseSipUri(uri));
    if (!destination) throw new ParleyError("UNREACHABLE", `${uri} has no address`);
    return router.connect(destination, 0);
  }

  snapshot(): Record<string, unknown> {
    return {
      draining: this.draining,
      sessions: this.sessions,
      attempts: this.#attempts.size,
      subscriptions: this.#notifier.size,
      transactions: this.#transactions.snapshot(),
      transport: this.#options.transport.counters,
    };
  }

  close(cause: Cause): Promise<void> {
    this.#closing ??= this.#close(cause);
    return this.#closing;
  }

  async #close(cause: Cause): Promise<void> {
    this.draining = true;
    const done = new AbortController();
    const limit = delay(this.#stack.clock, closeLimitMs, done.signal).catch(() => {});
    const users = [...this.#stack.dialogs.values(), ...this.#attempts];
    await Promise.race([Promise.all(users.map((user) => user.close(cause))), limit]);
    done.abort();
    this.#stack.events.emit("closed", undefined);
    await this.#transactions.close();
    await this.#options.transport.close();
  }

  /** Puts the gate before the transactions: a stranger costs no state. */
  #guard(gate: Gate): void {
    const { transport } = this.#options;
    const { receive } = transport;
    const place = {
      transport,
      belongs: (request: SipRequest) => this.#dialogOf(request) !== undefined,
    };
    transport.receive = (message, flow) => {
      if (gate.admits(message, flow, place)) receive(message, flow);
    };
  }

  #receive(transaction: ServerTransaction): void {
    try {
      this.#dispatch(transaction);
    } catch (error) {
      this.#failed(transaction, error);
    }
  }

  #failed(transaction: ServerTransaction, error: unknown): void {
    const status = error instanceof SipSyntaxError ? 400 : 500;
    const { method, callId } = transaction.request;
    this.#stack.log[status === 400 ? "debug" : "error"](
      { method, callId, error: errorMessage(error) },
      "a request was not handled",
    );
    if (transaction.lastResponse === undefined) {
      reply(this.#stack, transaction, status, { cause: { status, text: errorMessage(error) } });
    }
  }

  #dispatch(transaction: ServerTransaction): void {
    const { request } = transaction;
    const refusal = checkRequest(request, { allow: this.#allow, supported });
    const dialog = this.#dialogOf(request);
    const begins = dialogKeyOf(request) === undefined;
    if (refusal) this.#refuse(transaction, refusal.status, refusal.text, refusal.headers);
    else if (dialog) dialog.onRequest(transaction);
    else if (this.#listeners.some((listener) => listener.handle(transaction))) return;
    else if (begins) this.#begin(transaction);
    else this.#refuse(transaction, 481);
  }

  /** A request outside of dialogs. */
  #begin(transaction: ServerTransaction): void {
    switch (transaction.request.method) {
      case "OPTIONS":
        this.#answerOptions(transaction);
        break;
      case "INVITE":
        this.#invite(transaction);
        break;
      case "REFER":
        answerStandaloneRefer(this.#stack, transaction, this.#notifier).catch((error) =>
          this.#failed(transaction, error),
        );
        break;
      case "SUBSCRIBE":
        if (!this.#turnsAway(transaction)) this.#notifier.subscribe(transaction);
        break;
      case "MESSAGE":
        answerMessage(this.#stack, transaction, undefined);
        break;
      default:
        this.#refuse(transaction, 481);
    }
  }

  /** As an INVITE would be answered now (RFC 3261 §11.2): this is how dispatchers learn that we drain. */
  #answerOptions(transaction: ServerTransaction): void {
    if (this.#turnsAway(transaction)) return;
    const accept: HeaderLines = [
      ["Accept", sdpType],
      ["Accept-Encoding", "identity"],
      ["Accept-Language", "en"],
    ];
    reply(this.#stack, transaction, 200, { contactUser: "", headers: accept });
  }

  #invite(transaction: ServerTransaction): void {
    const { request, flow } = transaction;
    const trusted = this.#options.trusted(flow.remote.address);
    const replacement = replacementOf(this.#stack, request, trusted);
    if (replacement.kind === "refused") {
      const { status, text, headers } = replacement.refusal;
      this.#refuse(transaction, status, text, headers);
      return;
    }
    // What takes the place of a call does not make more of them.
    if (replacement.kind === "none" && this.#turnsAway(transaction)) return;
    const { sessionTimer } = this.#stack;
    if (asksTooShort(request.headers, sessionTimer)) {
      this.#refuse(transaction, 422, undefined, [["Min-SE", String(sessionTimer.minSeconds)]]);
      return;
    }
    const dialled = this.#options.dialled?.(request, flow);
    const invitation = new IncomingInvitation(this.#stack, transaction, { trusted, dialled, replacement });
    try {
      this.onInvitation(invitation);
    } catch (error) {
      this.#stack.log.error({ error: errorMessage(error) }, "an invitation was not handled");
      invitation.reject({ status: 500, text: "Internal error" });
    }
  }

  #turnsAway(transaction: ServerTransaction): boolean {
    const full = this.sessions >= (this.#options.maxSessions ?? 2000);
    if (!this.draining && !full) return false;
    const seconds = this.draining ? drainingRetryAfter : fullRetryAfter;
    const text = this.draining ? "Going down for maintenance" : "Too many calls";
    this.#refuse(transaction, 503, text, [["Retry-After", String(seconds)]]);
    return true;
  }

  #refuse(transaction: ServerTransaction, status: number, text?: string, headers?: HeaderLines): void {
    const cause = text === undefined ? undefined : { status, text };
    reply(this.#stack, transaction, status, { cause, headers });
  }

  #dialogOf(request: SipRequest): ReturnType<Stack["dialogs"]["get"]> {
    const key = dialogKeyOf(request);
    return key === undefined ? undefined : this.#stack.dialogs.get(key);
  }
}
