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
  /** Whether the source may call without authentication. */
  readonly trusted: boolean;
  /** The holder of the credentials of the INVITE, whose identity is then the caller's. */
  readonly principal: Principal | undefined;
  readonly caller: Caller;
  /** The user part of the Request-URI, else of To: the extension that was dialled; may be empty. */
  readonly dialledNumber: string;
  /** The called party before the call was diverted to us; only from a trusted source. */
  readonly diversion: Diversion | undefined;
  /**
   * The answered call that this one replaces: an attended transfer (RFC 3891). The stack has checked that the
   * source may do so; the owner ends that session once the new one has replaced it.
   */
  readonly replaces: Session | undefined;
  /** An attempt of ours that this call answers from another phone (RFC 3891, a pick-up): cancelled when this call is accepted. */
  readonly picksUp: CallAttempt | undefined;
  /** The SDP offer; undefined when the caller expects ours in the 200 (late offer). */
  readonly offer: string | undefined;
  /** Aborts when the caller gives up (CANCEL) or the endpoint closes; a final response has then been sent. */
  readonly cancelled: AbortSignal;
  /**
   * Answers further offers of the caller before the call is answered (UPDATE, PRACK): set once there is media.
   * Until then such an offer waits, for ten seconds at most.
   */
  onOffer: (offer: string) => Promise<Result<string, Cause>>;
  /** Answers challenges to our requests within the call; set before it is accepted, where the caller's side may challenge. */
  authenticate: Authenticate | undefined;
  /** Sends 180, which the stack repeats while the call rings for long. */
  ring(): void;
  /** Sends 183 with an answer: early media (RFC 3960). The same description must be used to accept. */
  progress(sdp: string): void;
  /**
   * Sends 200 with our answer (or our offer, when the INVITE had none). Resolves when the ACK has come; rejects with a
   * ParleyError: CANCELLED, NO_ACK (a BYE has then been sent), NO_ANSWER (the ACK lacked the answer we need).
   * `onAnswered` is called with the session when the 200 is sent: an owner that records it there lets another process continue
   * a call whose ACK has not come yet.
   */
  accept(sdp: string, onAnswered?: (session: Session) => void): Promise<Session>;
  /** Sends a final non-2xx response with a Reason header. Does nothing after a final response. */
  reject(rejection: Rejection): void;
}
