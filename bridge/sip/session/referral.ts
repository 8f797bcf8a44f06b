// Transfers as the rest of the bridge sees them (RFC 3515), in both directions.
//
//   theirs: REFER → `questions.onRefer` → the call that was placed for it → NOTIFYs of how it goes
//   ours:   `session.refer` → 202 → their NOTIFYs → `Referral`

import type { Result } from "#common";
import type { SipRequest } from "../message/message.ts";
import type { AnsweredCall, CallAttempt } from "./call-attempt.ts";
import type { Caller } from "./caller.ts";
import type { Cause } from "./cause.ts";
import type { Session } from "./session.ts";

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
export interface ReferredCall extends Pick<CallAttempt, "events" | "cancel"> {
  readonly outcome: Promise<Result<AnsweredCall, Cause>>;
}
