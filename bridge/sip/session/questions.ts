// Requests of peers that only the owner of the endpoint can decide: a referral (RFC 3515), a text message (RFC 3428).
//
//   their REFER → `onRefer` → the call that the owner places → NOTIFYs with its progress and outcome
//   our REFER:    `session.refer` → 202 → their NOTIFYs → `Referral` (session.ts)

import type { Result } from "#common";
import type { SipRequest } from "../message/message.ts";
import type { AnsweredCall, CallAttempt } from "./call-attempt.ts";
import type { Caller } from "./identity.ts";
import type { Cause, Rejection } from "./reason.ts";
import type { Session } from "./session.ts";

/** A peer asks us to place a call (RFC 3515). */
export interface Refer {
  readonly request: SipRequest;
  /** The call that the REFER arrived in: usually the one that is to be transferred. */
  readonly session: Session | undefined;
  readonly caller: Caller;
  readonly trusted: boolean;
  /** The callee: a SIP or tel URI without headers. */
  readonly to: string;
  /** Headers that the INVITE has to carry: Replaces and Referred-By, if the REFER has them. */
  readonly headers: readonly (readonly [name: string, value: string])[];
}

/** The call that a REFER led to: its progress and its outcome are reported to the sender of the REFER. */
export interface ReferredCall extends Pick<CallAttempt, "events" | "cancel"> {
  readonly outcome: Promise<Result<AnsweredCall, Cause>>;
}

/** A pager-mode MESSAGE (RFC 3428). */
export interface TextMessage {
  readonly request: SipRequest;
  /** The call in whose dialog it arrived. */
  readonly session: Session | undefined;
  readonly caller: Caller;
  readonly trusted: boolean;
  /** The extension it is for. */
  readonly dialledNumber: string;
  readonly text: string;
}

/** Set before `listen`. */
export interface Questions {
  /**
   * Decides whether to place a call that a peer asks for, and places it: `call({ to: refer.to, headers:
   * refer.headers, … })`, whose result can be returned as it is. The stack then answers 202 and reports the call to the
   * peer in NOTIFYs: 100 at once, its progress, its outcome. The resulting session belongs to the owner; the call that
   * the REFER came in goes on until one side ends it, usually the peer.
   *
   * A refusal is the final answer to the peer (403, 603 …). No decision within ten seconds is a refusal with 503; a call that
   * is returned later is cancelled. A rejected promise is 500. At most four of these are open in one call.
   * The owner judges `refer.trusted`: the stack has checked only the syntax. Calls to numbers that a peer
   * chooses cost money, so the default is 603.
   */
  onRefer: (refer: Refer) => Promise<Result<ReferredCall, Rejection>>;
  /** The status to answer with: 200 once a user has the text, 202 when it will be delivered later. Default: 403. */
  onMessage: (message: TextMessage) => number;
}
