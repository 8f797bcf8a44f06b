// Calls as the rest of the bridge sees them: an invitation that is answered or refused, and the session that
// grows out of it (RFC 3261 §13 to §15, RFC 3264). SDP passes through as text: the stack knows who owes an
// offer or an answer, the media side knows what is in it.
import type { Emitter, Result } from "#common";
import type { SipRequest, SipResponse } from "../message.ts";
import type { EventPackage } from "../subscription/index.ts";
import type { ServerTransaction } from "../transaction/transaction.ts";
import type { Flow } from "../transport/transport.ts";

/** A refusal or an end in the words of RFC 3326: `Reason: SIP;cause=403;text="Conference locked"`. */
export interface Cause {
  /** The SIP status that says it best, even at the end of an answered call. */
  readonly status: number;
  readonly text: string;
}

export interface Rejection extends Cause {
  /** Seconds, for 503 and 486 where a later try makes sense. */
  readonly retryAfter?: number;
}

/** Who calls, as far as we believe it: an asserted identity counts when its source is trusted (RFC 3325). */
export interface Caller {
  readonly displayName: string | undefined;
  /** The user part of the identity: an extension, a telephone number, or `anonymous`. */
  readonly number: string;
  /** The URI as written. */
  readonly uri: string;
  /** The caller asked not to be named (RFC 3323); nothing above names them then. */
  readonly anonymous: boolean;
}

/** The number that was called first (RFC 5806, RFC 7044), and why the call did not stay there. */
export interface Diversion {
  readonly number: string;
  readonly uri: string;
  readonly reason: string | undefined;
}

/** An INVITE outside a dialog that waits for its answer. */
export interface Invitation {
  readonly request: SipRequest;
  readonly flow: Flow;
  /** Whether the source is one that may call without authentication. */
  readonly trusted: boolean;
  readonly caller: Caller;
  /** The user part of the Request-URI, else of To: the extension that was dialled; may be empty. */
  readonly dialledNumber: string;
  /** Whom the call was meant for before it was diverted to us; only from a trusted source. */
  readonly diversion: Diversion | undefined;
  /**
   * The answered call whose place this one takes: an attended transfer (RFC 3891). The stack has checked that the
   * source may; whoever accepts this invitation ends that session once the new one stands in for it.
   */
  readonly replaces: Session | undefined;
  /** An attempt of ours that this call answers from elsewhere (RFC 3891, a pick-up): cancelled when accepted. */
  readonly picksUp: CallAttempt | undefined;
  /** The SDP offer; undefined when the caller expects ours in the 200 (late offer). */
  readonly offer: string | undefined;
  /** Aborts when the caller gives up (CANCEL) or the endpoint closes; a final response has then been sent. */
  readonly cancelled: AbortSignal;
  /**
   * Answers what the caller offers further before the call is answered (UPDATE, PRACK): set once there is media.
   * Until then such an offer waits, for ten seconds at most.
   */
  onOffer: (offer: string) => Promise<Result<string, Cause>>;
  /** 180. Repeated by the stack while the call rings for long. */
  ring(): void;
  /** 183 with an answer: early media (RFC 3960). The same description must be used to accept. */
  progress(sdp: string): void;
  /**
   * 200 with our answer (or our offer, when there was none). Resolves when the ACK has come; rejects with a
   * ParleyError: CANCELLED, NO_ACK (a BYE has then been sent), NO_ANSWER (the ACK lacked the answer we need).
   */
  accept(sdp: string): Promise<Session>;
  /** A final non-2xx response with a Reason header. Does nothing after a final response. */
  reject(rejection: Rejection): void;
}

export interface SessionEnd {
  readonly by: "local" | "remote" | "failure";
  readonly cause: Cause;
}

export type SessionEvents = {
  /** Exactly once, whoever ended it. */
  ended: SessionEnd;
};

/** The questions a session asks its owner; set right after it is made. */
export interface SessionHandlers {
  /** A re-INVITE or UPDATE with an offer: the answer, or the status to refuse it with (488). */
  onOffer(offer: string): Promise<Result<string, Cause>>;
  /** Our description as an offer: for a re-INVITE that brought none, and for one that we send ourselves. */
  onOfferWanted(): Promise<string>;
  /** The answer to `onOfferWanted`'s offer. */
  onAnswer(answer: string): Promise<void>;
  /** INFO with a body; the status to answer with. */
  onInfo(contentType: string, body: string): number;
}

export interface Session {
  readonly callId: string;
  /** The remote party as From or To named it. */
  readonly remoteUri: string;
  readonly remoteDisplayName: string | undefined;
  /** The answer that came in the ACK of a late offer. */
  readonly lateAnswer: string | undefined;
  readonly ended: boolean;
  readonly events: Emitter<SessionEvents>;
  handlers: SessionHandlers;
  /**
   * Renegotiates with a re-INVITE: asks `onOfferWanted`, sends, hands the answer to `onAnswer`. Waits its turn
   * when both sides try at once. The failure says with which status the peer refused; the call goes on.
   */
  reoffer(): Promise<Result<void, Cause>>;
  /** Sends INFO (RFC 6086) and resolves with the status of its response. */
  info(contentType: string, body: string): Promise<number>;
  /**
   * Asks the peer to call somebody else (RFC 3515): a transfer. With `replacing`, to take the place of our call
   * with them (an attended one). The failure is the peer's refusal; the call itself goes on in any case.
   */
  refer(to: string, options?: ReferOptions): Promise<Result<Referral, Cause>>;
  /** Sends BYE with a Reason; resolves when it was answered or has timed out. Idempotent. */
  end(cause: Cause): Promise<void>;
}

export interface ReferOptions {
  /** A session of ours with the party that is referred to. */
  readonly replacing?: Session;
  /** Who wants it, as a URI (RFC 3892). */
  readonly referredBy?: string;
}

/** How a call goes that a peer places because we asked. */
export interface ReferProgress {
  /** 100 to 699; 408 when nothing was heard of it. */
  readonly status: number;
  readonly reason: string;
}

export interface Referral {
  /** The final one included. */
  readonly events: Emitter<{ progress: ReferProgress }>;
  /** The final status. Never rejects. */
  readonly outcome: Promise<ReferProgress>;
}

/** A peer asks us to call somebody (RFC 3515). */
export interface Refer {
  readonly request: SipRequest;
  /** The call that it came in: usually the one that is to be moved. */
  readonly session: Session | undefined;
  readonly caller: Caller;
  readonly trusted: boolean;
  /** Whom to call: a SIP or tel URI without headers. */
  readonly to: string;
  /** What that INVITE has to carry: Replaces and Referred-By, as far as they were given. */
  readonly headers: readonly (readonly [name: string, value: string])[];
}

/** The call that a REFER led to: what becomes of it is reported to whoever asked. */
export type ReferredCall = Pick<CallAttempt, "events" | "outcome" | "cancel">;

/** A pager-mode MESSAGE (RFC 3428). */
export interface TextMessage {
  readonly request: SipRequest;
  /** The call in whose dialog it came. */
  readonly session: Session | undefined;
  readonly caller: Caller;
  readonly trusted: boolean;
  /** The extension it is for. */
  readonly dialledNumber: string;
  readonly text: string;
}

/** What peers may ask that only the owner can decide. Set before `listen`. */
export interface Questions {
  /** Default: 603. An accepted one hands over the call that was placed for it. */
  onRefer: (refer: Refer) => Promise<Result<ReferredCall, Rejection>>;
  /** The status to answer with: 200 once somebody has the text, 202 when they will. Default: 403. */
  onMessage: (message: TextMessage) => number;
}

/** Answers a challenge (401, 407): the headers to add to the request, or undefined to give up. */
export type Authenticate = (
  challenge: SipResponse,
  request: SipRequest,
) => readonly (readonly [name: string, value: string])[] | undefined;

export interface CallOptions {
  /** The Request-URI: `sip:+4930700@pbx.example`. */
  readonly to: string;
  /** Who calls; its user part is also the one of our Contact. */
  readonly from: { readonly uri: string; readonly displayName?: string | undefined };
  readonly offer: string;
  /** A proxy or PBX that the call goes through, as a URI; it gets a Route header of its own. */
  readonly route?: string;
  /** Instead of resolving anything: the connection on which a registered phone is reached. */
  readonly flow?: Flow;
  /** Further headers: P-Asserted-Identity, Privacy … */
  readonly headers?: readonly (readonly [name: string, value: string])[];
  readonly authenticate?: Authenticate;
  /** Answers what the callee offers further before answering; without it such an offer is refused for now. */
  readonly onOffer?: (offer: string) => Promise<Result<string, Cause>>;
  /** How long it may ring. Default 60. */
  readonly answerWithinSeconds?: number;
  /** Redirections that are followed before one is a refusal. Default 3; 0 follows none. */
  readonly maxRedirects?: number;
}

export type CallAttemptEvents = {
  /** 180, 183 … with the description for early media when there is one. */
  progress: { readonly status: number; readonly sdp: string | undefined };
};

export interface AnsweredCall {
  readonly session: Session;
  readonly answer: string;
}

/** A call of ours that has not been answered yet. */
export interface CallAttempt {
  readonly callId: string;
  readonly events: Emitter<CallAttemptEvents>;
  /** Resolves exactly once; the failure has the final status, 408 for no answer and 487 when we cancelled. */
  readonly outcome: Promise<Result<AnsweredCall, Cause>>;
  /** Gives up; whoever answers in the same moment is hung up on. Does nothing after the outcome. */
  cancel(cause: Cause): void;
}

/** What numbers requests that belong together, as those of one registration do (RFC 3261 §10.2). */
export interface RequestSequence {
  readonly callId: string;
  readonly fromTag: string;
  /** Of the last request sent. */
  cseq: number;
}

/** A request outside any dialog, other than INVITE. */
export interface RequestOptions {
  readonly method: string;
  /** The Request-URI. */
  readonly uri: string;
  readonly from: { readonly uri: string; readonly displayName?: string | undefined };
  readonly to: string;
  /** The URI of where it is sent to when that is not the Request-URI; no Route header is made of it. */
  readonly hop?: string;
  /** The user part of our Contact; without it the request has none. */
  readonly contactUser?: string;
  readonly headers?: readonly (readonly [name: string, value: string])[];
  /** Default: one of its own. */
  readonly sequence?: RequestSequence;
  readonly authenticate?: Authenticate;
  /** Told of the way before anything is sent on it. */
  readonly onFlow?: (flow: Flow) => void;
}

export interface RequestOutcome {
  /** 200 to 699; 408 when no answer came, 503 when nothing could be sent. */
  readonly status: number;
  readonly reason: string;
  /** Undefined when nothing came and the status is our own. */
  readonly response: SipResponse | undefined;
  readonly flow: Flow | undefined;
}

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
}

/** Takes requests that belong to no call: a registrar, a presence server. */
export interface RequestListener {
  /** What it adds to Allow. */
  readonly methods: readonly string[];
  /** True when the request was its own and will be answered by it. */
  handle(transaction: ServerTransaction): boolean;
}

/** The whole stack behind one door. */
export interface SipEndpoint {
  readonly questions: Questions;
  /** Set before `listen`; called once an INVITE outside a dialog has passed the stack's own checks. */
  onInvitation: (invitation: Invitation) => void;
  /** While draining, new INVITEs are answered 503 with Retry-After; what lives goes on. */
  draining: boolean;
  /** Asked in order of adding, for requests that pass the checks and belong to no call. */
  addListener(listener: RequestListener): void;
  /** Something that can be subscribed to (RFC 6665). */
  addEventPackage(eventPackage: EventPackage): void;
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
  /** Live dialogs of calls. */
  readonly sessions: number;
  readonly metrics: EndpointMetrics;
  snapshot(): Record<string, unknown>;
  /** Ends every session with the cause, waits for their BYEs within a limit, closes the sockets. */
  close(cause: Cause): Promise<void>;
}
