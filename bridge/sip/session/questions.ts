// What peers ask that only the owner of the endpoint can decide: referrals and text messages.
import type { Result } from "#common";
import type { SipRequest } from "../message/message.ts";
import type { Caller } from "./caller.ts";
import type { Rejection } from "./cause.ts";
import type { Refer, ReferredCall } from "./referral.ts";
import type { Session } from "./session.ts";

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
  /**
   * Decides whether somebody is called because a peer asks for it, and places that call: `call({ to: refer.to,
   * headers: refer.headers, … })`, which is an accepted answer as it is. The stack then answers 202 and tells the
   * peer in NOTIFYs how the call goes: 100 at once, its progress, its outcome. The session that comes out of it is
   * the decider's; the call that the REFER came in goes on until somebody ends it, usually the peer.
   *
   * A refusal is the peer's final answer (403, 603 …). Whoever has not decided within ten seconds has refused with
   * 503, and a call that is handed over later is cancelled. A rejected promise is 500. At most four of these are
   * open in one call. `refer.trusted` is for the decider to judge: nothing has been checked but the syntax. Calls
   * to numbers that a peer chooses cost money: default is 603 for everybody.
   */
  onRefer: (refer: Refer) => Promise<Result<ReferredCall, Rejection>>;
  /** The status to answer with: 200 once somebody has the text, 202 when they will. Default: 403. */
  onMessage: (message: TextMessage) => number;
}
