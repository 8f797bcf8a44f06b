// A call of ours as the rest of the bridge sees it (RFC 3261 §13.2): its options, its progress and its outcome.

import type { Emitter, Result } from "#common";
import type { Authenticate } from "../auth/index.ts";
import type { Flow } from "../transport/transport.ts";
import type { Cause, SessionEnd } from "./reason.ts";
import type { Session } from "./session.ts";

export interface CallOptions {
  /** The Request-URI: `sip:+4930700@pbx.example`. */
  readonly to: string;
  /** The caller; its user part is also that of our Contact. */
  readonly from: { readonly uri: string; readonly displayName?: string | undefined };
  readonly offer: string;
  /** A proxy or PBX that the call goes through, as a URI; it gets a Route header of its own. */
  readonly route?: string;
  /** The connection on which a registered phone is reached; nothing is resolved then. */
  readonly flow?: Flow;
  /** Further headers: P-Asserted-Identity, Privacy … */
  readonly headers?: readonly (readonly [name: string, value: string])[];
  readonly authenticate?: Authenticate;
  /**
   * Answers further offers of the callee before the call is answered; without it they are refused for now. `answered`: the answer
   * to `offer` that this dialog has already brought, which is the one in the outcome if this dialog is answered.
   */
  readonly onOffer?: (offer: string, answered: string) => Promise<Result<string, Cause>>;
  /** Limit of the ringing time. Default 60. */
  readonly answerWithinSeconds?: number;
  /** Number of redirections that are followed; a further one counts as a refusal. Default 3; 0 follows none. */
  readonly maxRedirects?: number;
}

export type CallAttemptEvents = {
  /** 180, 183 … with the description for early media when there is one. */
  progress: { readonly status: number; readonly sdp: string | undefined };
};

/** Why a call of ours was not answered. */
export interface CallFailure extends Cause {
  /** `remote`: the callee's side has refused. `local`: we gave up. `failure`: nothing answers there. */
  readonly by: SessionEnd["by"];
  /** The Reason of the refusal, or else its Warning, as written; `status` and `text` hold its status line. */
  readonly sipReason?: string;
}

export interface AnsweredCall {
  readonly session: Session;
  readonly answer: string;
}

/** A call of ours that has not been answered yet. */
export interface CallAttempt {
  readonly callId: string;
  readonly events: Emitter<CallAttemptEvents>;
  /** Resolves exactly once; the failure has the final status, 408 for no answer and the cause when we cancelled. */
  readonly outcome: Promise<Result<AnsweredCall, CallFailure>>;
  /** Sends CANCEL; a callee that answers at the same moment gets BYE (RFC 3261 §9.1). Does nothing after the outcome. */
  cancel(cause: Cause): void;
}
