// Asks the owner of a call about a session description, within a limit. An owner that throws or does not decide in time
// refuses the offer, with 500 in both cases: RFC 5057 §5.1 counts a 500 against the transaction alone, so that dialog and
// session stay as they were (RFC 3261 §14.1). 504 (§21.5.5) speaks of an external server; the media is a part of this one.

import { type Clock, delay, errorMessage, fail, type Logger, ok, ParleyError, type Result } from "#common";
import type { SessionCore } from "./core.ts";
import type { Cause } from "./reason.ts";
import type { SessionHandlers } from "./session.ts";

/** How long the owner may take, the wait for its handlers included. */
const decisionLimitMs = 10_000;
/** The reason of the abort: one shared error, because each abort without a reason creates a new one. */
const decided = new ParleyError("DECIDED", "the owner has decided");
const callEnded: Cause = { status: 481, text: "The call has ended" };

export interface AskedCall {
  readonly clock: Clock;
  readonly log: Logger;
  readonly hasEnded: () => boolean;
  /** Aborts when the call ends: the decision is then no longer needed. */
  readonly onEnd?: AbortSignal;
}

/** Never rejects. 481 when the call has ended in the meantime. */
export async function askOwner(
  { clock, log, hasEnded, onEnd }: AskedCall,
  question: () => Promise<Result<string, Cause>>,
): Promise<Result<string, Cause>> {
  const answered = new AbortController();
  const stop = onEnd ? AbortSignal.any([answered.signal, onEnd]) : answered.signal;
  const limit = delay(clock, decisionLimitMs, stop).then(
    () => fail({ status: 500, text: "The media did not decide in time" }),
    () => fail(callEnded),
  );
  try {
    const decision = await Promise.race([question(), limit]);
    return hasEnded() ? fail(callEnded) : decision;
  } catch (error) {
    log.error({ error: errorMessage(error) }, "the owner of the call failed to answer an offer");
    return fail({ status: 500, text: "Internal error" });
  } finally {
    answered.abort(decided);
  }
}

/** The same in an established session: waits until the owner has set its handlers, because a request may arrive earlier. */
export const askSessionOwner = (
  core: SessionCore,
  question: (owner: SessionHandlers) => Promise<Result<string, Cause>>,
): Promise<Result<string, Cause>> =>
  askOwner({ clock: core.ua.clock, log: core.log, hasEnded: () => core.ended, onEnd: core.over }, () =>
    core.owner().then(question),
  );

/** Hands the peer's answer to our offer to the owner. */
export const deliverAnswer = (core: SessionCore, answer: string): Promise<Result<string, Cause>> =>
  askSessionOwner(core, async (owner) => {
    await owner.onAnswer(answer);
    return ok(answer);
  });
