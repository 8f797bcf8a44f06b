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

/** Why no new call is taken now. */
export type Closed = "draining" | "full" | "overloaded";

/** Counted since the start, for metrics. */
export interface EndpointMetrics {
  /** Requests received, by method; those that no RFC names are counted together. */
  readonly requests: Readonly<Record<string, number>>;
  /** Responses sent, by status. */
  readonly responses: Readonly<Record<string, number>>;
  /** The same in the other direction. */
  readonly requestsSent: Readonly<Record<string, number>>;
  readonly responsesReceived: Readonly<Record<string, number>>;
  /** Transaction timers that have fired, by the RFC's letter. */
  readonly timers: Readonly<Record<string, number>>;
  /** What was read although it does not follow the grammar, by kind. */
  readonly repairs: Readonly<Record<string, number>>;
  /** INVITEs of sources that sent too many. */
  readonly turnedAway: number;
  /** INVITEs that were answered 503 because no new call was taken, by why. */
  readonly refused: Readonly<Record<Closed, number>>;
}

/** Takes requests that belong to no call: a registrar, a presence server. */
export interface RequestListener {
  /** What it adds to Allow. */
  readonly methods: readonly string[];
  /** Option tags that these methods may require beside those of the endpoint. */
  readonly extensions?: readonly string[];
  /** True when the request was its own and will be answered by it. */
  handle(transaction: ServerTransaction): boolean;
}

/** The SIP stack as one object. */
export interface SipEndpoint {
  readonly questions: Questions;
  /** Set before `listen`; called once an INVITE outside a dialog has passed the stack's own checks. */
  onInvite: (invitation: InboundInvite) => void;
  /** While draining, new INVITEs are answered 503 with Retry-After; what lives goes on. */
  draining: boolean;
  /**
   * Whether there are as many calls as there may be: new INVITEs are then answered 503 with Retry-After, but for those that
   * take the place of a call. Default: compares `sessions` with `maxSessions`.
   */
  isFull: () => boolean;
  /** The same of a machine that has more to do than it can. Default: never. */
  isOverloaded: () => boolean;
  /** Asked in order of adding, for requests that pass the checks and belong to no call. */
  addListener(listener: RequestListener): void;
  /** Something that can be subscribed to (RFC 6665). */
  addEventPackage(eventPackage: EventPackage): void;
  /**
   * Goes on with an answered call of the previous process; called before `listen`. The answer to an offer of ours that its 2xx
   * carried comes by `onAnswer`. Nothing of the snapshot is believed unseen: throws a ParleyError BAD_SNAPSHOT, DIALOG_EXISTS
   * or, where its transport is not enabled any more, NO_TRANSPORT.
   */
  adopt(snapshot: SessionSnapshot, options?: AdoptOptions): Session;
  listen(): Promise<void>;
  /** Sends an INVITE. The owner sets the session's handlers as soon as the outcome has resolved. */
  call(options: CallOptions): CallAttempt;
  /** Sends a request outside any dialog and resolves with its final response, challenges having been met. */
  request(options: RequestOptions): Promise<RequestOutcome>;
  /** The addresses behind a SIP URI, as requests to it would find them; rejects when the DNS does not answer. */
  locate(uri: string): Promise<readonly string[]>;
  /**
   * The flow that a request to this URI takes at present; its local end is our address towards it. Rejects when there
   * is none.
   */
  flowTo(uri: string): Promise<Flow>;
  /** Connections that are gone, by their flow: an owner that is reached over one has to open another. */
  readonly connections: Emitter<{ lost: Flow }>;
  /** Closes the connections on which these credentials were accepted, which are not valid any more. */
  closeConnectionsOf(revokes: (principal: Principal) => boolean): void;
  /** Live dialogs of calls. */
  readonly sessions: number;
  readonly metrics: EndpointMetrics;
  snapshot(): Record<string, unknown>;
  /** Ends every session with the cause, waits for their BYEs within a limit, closes the sockets. */
  close(cause: Cause): Promise<void>;
}
