// The peer's next offer before the call is answered, in an UPDATE or a PRACK (RFC 3311 §5.2, RFC 6337 §3): possible
// once the first exchange is complete, answered by the owner in the 2xx. The same for caller and callee.
import { errorMessage, fail, type Result, within } from "#common";
import type { ServerTransaction } from "../transaction/transaction.ts";
import { descriptionOf } from "./body.ts";
import { describe, type Negotiation, withdraw } from "./offer-answer.ts";
import { reply, retrySoon } from "./replies.ts";
import type { Cause } from "./session.ts";
import type { SessionStack } from "./stack.ts";

/** Whoever takes part in an early dialog. */
export interface EarlyParty {
  readonly stack: SessionStack;
  readonly contactUser: string;
  negotiation: Negotiation;
  /** The owner's answer; may wait until there is an owner. */
  answerTo(offer: string): Promise<Result<string, Cause>>;
  /** False once the call will never be answered. */
  readonly waiting: boolean;
}

/** How long the owner may think, or be waited for. */
const decisionLimitMs = 10_000;

/** Answers the request, whatever becomes of it. Resolves with true when the description has changed. */
export async function takeEarlyOffer(
  party: EarlyParty,
  transaction: ServerTransaction,
  carrier: "UPDATE" | "PRACK",
): Promise<boolean> {
  const { stack, contactUser } = party;
  const description = descriptionOf(transaction.request);
  if (description.kind !== "sdp") {
    if (description.kind === "none") reply(stack, transaction, 200, { contactUser });
    else reply(stack, transaction, 415);
    return false;
  }
  const step = describe(party.negotiation, "them", carrier);
  if (!step.ok || step.meaning !== "offer") {
    if (carrier === "PRACK") reply(stack, transaction, 488);
    else if (!step.ok && step.violation === "glare") reply(stack, transaction, 491);
    else reply(stack, transaction, 500, { headers: retrySoon(stack) });
    return false;
  }
  party.negotiation = step.next;
  const decision = await decided(party, description.sdp);
  const answer = decision.ok ? describe(party.negotiation, "us", `${carrier}-2xx`) : undefined;
  party.negotiation = answer?.ok ? answer.next : withdraw(party.negotiation);
  if (!decision.ok) reply(stack, transaction, decision.error.status, { cause: decision.error });
  else reply(stack, transaction, 200, { contactUser, sdp: decision.value });
  return decision.ok;
}

async function decided(party: EarlyParty, offer: string): Promise<Result<string, Cause>> {
  const { stack } = party;
  try {
    const decision = await within(party.answerTo(offer), { clock: stack.clock, limitMs: decisionLimitMs });
    if (!party.waiting) return fail({ status: 481, text: "The call has ended" });
    return decision ?? fail({ status: 504, text: "The media did not decide in time" });
  } catch (error) {
    stack.log.error({ error: errorMessage(error) }, "an early offer was not handled");
    return fail({ status: 500, text: "Internal error" });
  }
}
