// What answering a re-INVITE and answering an UPDATE have in common: asking the owner within a limit, and
// turning what must not be into a status.

import { delay, errorMessage, fail, ok, ParleyError, type Result } from "#common";
import type { ServerTransaction } from "../transaction/transaction.ts";
import { acceptedBodies, descriptionOf } from "./body.ts";
import type { Cause } from "./cause.ts";
import type { SessionCore } from "./core.ts";
import { describe, type Violation } from "./offer-answer.ts";
import { reply, retrySoon } from "./replies.ts";
import type { SessionHandlers } from "./session.ts";
import { asksTooShort } from "./session-timer.ts";

/** How long the media side may think about a description. */
const decisionLimitMs = 10_000;
/** Why the limit is not waited for any more. */
const settled = new ParleyError("SETTLED", "the question has been answered");

/** Refuses for what can be seen without asking anybody: false when the request may go on. */
export function refuses(core: SessionCore, transaction: ServerTransaction): boolean {
  const { stack } = core;
  const { headers } = transaction.request;
  if (asksTooShort(headers, stack.sessionTimer)) {
    reply(stack, transaction, 422, { headers: [["Min-SE", String(stack.sessionTimer.minSeconds)]] });
    return true;
  }
  if (descriptionOf(transaction.request).kind === "unsupported") {
    reply(stack, transaction, 415, { headers: acceptedBodies });
    return true;
  }
  return false;
}

/** Opens an exchange, ours or theirs; false when it was refused with the status that RFC 3261 §14.2 names. */
export function opens(
  core: SessionCore,
  transaction: ServerTransaction,
  exchange: { readonly by: "us" | "them"; readonly carrier: "INVITE" | "2xx" | "UPDATE" },
): boolean {
  const step = describe(core.negotiation, exchange.by, exchange.carrier);
  if (step.ok) {
    core.negotiation = step.next;
    return true;
  }
  refuseViolation(core, transaction, step.violation);
  return false;
}

export function refuseViolation(
  core: SessionCore,
  transaction: ServerTransaction,
  violation: Violation,
): void {
  if (violation === "glare") reply(core.stack, transaction, 491);
  else reply(core.stack, transaction, 500, { headers: retrySoon(core.stack) });
}

/** Hands the answer to our offer to the owner. */
export function taken(core: SessionCore, answer: string): Promise<Result<string, Cause>> {
  return decided(core, async (owner) => {
    await owner.onAnswer(answer);
    return ok(answer);
  });
}

/**
 * Runs a question to the owner, once there is one: a peer may be quicker than whoever sets the call up. What
 * throws or takes too long is a refusal, never a broken call.
 */
export async function decided(
  core: SessionCore,
  question: (owner: SessionHandlers) => Promise<Result<string, Cause>>,
): Promise<Result<string, Cause>> {
  const answered = new AbortController();
  const limit = delay(core.stack.clock, decisionLimitMs, AbortSignal.any([answered.signal, core.over])).then(
    () => fail({ status: 500, text: "The media did not decide in time" }),
    () => fail({ status: 481, text: "The call has ended" }),
  );
  try {
    return await Promise.race([core.owner().then(question), limit]);
  } catch (error) {
    core.log.error({ error: errorMessage(error) }, "renegotiation failed");
    return fail({ status: 500, text: "Internal error" });
  } finally {
    answered.abort(settled);
  }
}
