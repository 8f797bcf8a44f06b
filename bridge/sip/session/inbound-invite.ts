// An INVITE outside of dialogs as the rest of the bridge sees it (RFC 3261 §13.3), to be answered or refused.

import type { Result } from "#common";
import type { Authenticate, Principal } from "../auth/index.ts";
import type { SipRequest } from "../message/message.ts";
import type { Flow } from "../transport/transport.ts";
import type { CallAttempt } from "./call-attempt.ts";
import type { Caller, Diversion } from "./identity.ts";
import type { Cause, Rejection } from "./reason.ts";
import type { Session } from "./session.ts";

/** An INVITE outside a dialog that waits for its answer. */
export interface InboundInvite {
  readonly request: SipRequest;
  readonly flow: Flow;
  /** Whether the source is one that may call without authentication. */
  readonly trusted: boolean;
  /** Whose credentials came with it; the caller is then who they say. */
  readonly principal: Principal | undefined;
  readonly caller: Caller;
  /** The user part of the Request-URI, else of To: the extension that was dialled; may be empty. */
  readonly dialledNumber: string;
  /** Whom the call was meant for before it was diverted to us; only from a trusted source. */
  readonly diversion: Diversion | undefined;
  /**
   * The answered call whose place this one takes: an attended transfer (RFC 3891). The stack has checked that the
   * source may; the owner ends that session once the new one has replaced it.
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
  /** Meets challenges of requests of ours within the call; set before it is accepted, where the caller's side may challenge. */
  authenticate: Authenticate | undefined;
  /** 180. Repeated by the stack while the call rings for long. */
  ring(): void;
  /** 183 with an answer: early media (RFC 3960). The same description must be used to accept. */
  progress(sdp: string): void;
  /**
   * 200 with our answer (or our offer, when there was none). Resolves when the ACK has come; rejects with a
   * ParleyError: CANCELLED, NO_ACK (a BYE has then been sent), NO_ANSWER (the ACK lacked the answer we need).
   * `onAnswered` is told of the session with the 200: for an owner that writes it down, so that another process goes on
   * with a call whose ACK has not come yet.
   */
  accept(sdp: string, onAnswered?: (session: Session) => void): Promise<Session>;
  /** A final non-2xx response with a Reason header. Does nothing after a final response. */
  reject(rejection: Rejection): void;
}
