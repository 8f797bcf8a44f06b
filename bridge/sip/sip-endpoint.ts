// The SIP stack as the rest of the bridge sees it.

import type { Emitter } from "#common";
import type { Principal } from "./auth/index.ts";
import type { AdoptOptions } from "./session/adopt.ts";
import type { CallAttempt, CallOptions } from "./session/call-attempt.ts";
import type { InboundInvite } from "./session/inbound-invite.ts";
import type { RequestOptions, RequestOutcome } from "./session/out-of-dialog.ts";
import type { Questions } from "./session/questions.ts";
import type { Cause } from "./session/reason.ts";
import type { Session } from "./session/session.ts";
import type { SessionSnapshot } from "./session/snapshot.ts";
import type { EventPackage } from "./subscription/index.ts";
import type { ServerTransaction } from "./transaction/transaction.ts";
import type { Flow } from "./transport/transport.ts";

/** Why no new call is accepted now. */
export type Closed = "draining" | "full" | "overloaded";

/** Counted since the start, for metrics. */
export interface EndpointMetrics {
  /** Requests received, by method; methods that no RFC names are counted together. */
  readonly requests: Readonly<Record<string, number>>;
  /** Responses sent, by status. */
  readonly responses: Readonly<Record<string, number>>;
  /** Requests sent, by method. */
  readonly requestsSent: Readonly<Record<string, number>>;
  readonly responsesReceived: Readonly<Record<string, number>>;
  /** Transaction timers that have fired, by the RFC's letter. */
  readonly timers: Readonly<Record<string, number>>;
  /** Input that was accepted although it violates the grammar, by kind. */
  readonly repairs: Readonly<Record<string, number>>;
  /** INVITEs refused because their source sent too many. */
  readonly turnedAway: number;
  /** INVITEs answered 503 because no new call was accepted, by reason. */
  readonly refused: Readonly<Record<Closed, number>>;
}

/** Takes requests that belong to no call; for example a registrar or a presence server. */
export interface RequestListener {
  /** Methods that it adds to Allow. */
  readonly methods: readonly string[];
  /** Option tags that these methods may require in addition to those of the endpoint. */
  readonly extensions?: readonly string[];
  /** True when the listener takes the request; it then has to answer it. */
  handle(transaction: ServerTransaction): boolean;
}

/** The SIP stack as one object. */
export interface SipEndpoint {
  readonly questions: Questions;
  /** Set before `listen`; called once an INVITE outside a dialog has passed the stack's own checks. */
  onInvite: (invitation: InboundInvite) => void;
  /** While draining, new INVITEs are answered 503 with Retry-After; existing calls continue. */
  draining: boolean;
  /**
   * Whether the limit of calls is reached: new INVITEs are then answered 503 with Retry-After, except those that replace
   * a call. Default: compares `sessions` with `maxSessions`.
   */
  isFull: () => boolean;
  /** Whether the machine is overloaded: has the same effect as `isFull`. Default: never. */
  isOverloaded: () => boolean;
  /** Asked in order of adding, for requests that pass the checks and belong to no call. */
  addListener(listener: RequestListener): void;
  /** Adds an event package that peers can subscribe to (RFC 6665). */
  addEventPackage(eventPackage: EventPackage): void;
  /**
   * Continues an answered call of the previous process; to be called before `listen`. If the 2xx carried an offer of ours, the
   * answer arrives through `onAnswer`. The snapshot is validated: throws a ParleyError BAD_SNAPSHOT, DIALOG_EXISTS
   * or, when its transport is no longer enabled, NO_TRANSPORT.
   */
  adopt(snapshot: SessionSnapshot, options?: AdoptOptions): Session;
  listen(): Promise<void>;
  /** Sends an INVITE. The owner sets the session's handlers as soon as the outcome has resolved. */
  call(options: CallOptions): CallAttempt;
  /** Sends a request outside any dialog, answers challenges, and resolves with the final response. */
  request(options: RequestOptions): Promise<RequestOutcome>;
  /** The addresses behind a SIP URI, as requests to it would find them; rejects when the DNS does not answer. */
  locate(uri: string): Promise<readonly string[]>;
  /**
   * The flow that a request to this URI would take now; its local end is our address towards the peer. Rejects when there
   * is none.
   */
  flowTo(uri: string): Promise<Flow>;
  /** Tells the flow of each connection that is lost: an owner that reached a peer over it has to open another. */
  readonly connections: Emitter<{ lost: Flow }>;
  /** Closes the connections on which credentials were accepted that have been revoked since. */
  closeConnectionsOf(revokes: (principal: Principal) => boolean): void;
  /** The number of live call dialogs. */
  readonly sessions: number;
  readonly metrics: EndpointMetrics;
  snapshot(): Record<string, unknown>;
  /** Ends every session with the cause, waits for their BYEs within a limit, closes the sockets. */
  close(cause: Cause): Promise<void>;
}
