// The peer's next offer before the call is answered, in an UPDATE or a PRACK (RFC 3311 §5.2, RFC 6337 §3): possible
// once the first exchange is complete, answered by the owner in the 2xx. The same for caller and callee.
import { errorMessage, fail, type Result, within } from "#common";
import type { ServerTransaction } from "../transaction/transaction.ts";
import { acceptedBodies, descriptionOf } from "./body.ts";
import type { Cause } from "./cause.ts";
import { describe, type Negotiation, withdraw } from "./offer-answer.ts";
import { refuse, reply, retrySoon } from "./replies.ts";
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
  /** An UPDATE of theirs was accepted: it may say who is there now. */
  identify(update: ServerTransaction): void;
}

/** How long the owner may think, or be waited for. */
const decisionLimitMs = 10_000;

/** Answers the request, whatever becomes of it. Resolves with true when the description has changed. */
export async function takeEarlyOffer(
  party: EarlyParty,
  transaction: ServerTransaction,
  carrier: "UPDATE" | "PRACK",
): Promise<boolean> {
  const { stack } = party;
  const description = descriptionOf(transaction.request);
  if (description.kind !== "sdp") {
    if (description.kind === "none") succeed(party, transaction, carrier);
    else reply(stack, transaction, 415, { headers: acceptedBodies });
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
  if (decision.ok) succeed(party, transaction, carrier, decision.value);
  else refuse(stack, transaction, decision.error);
  return decision.ok;
}

function succeed(
  party: EarlyParty,
  transaction: ServerTransaction,
  ...[carrier, sdp]: [carrier: "UPDATE" | "PRACK", sdp?: string]
): void {
  if (carrier === "UPDATE") party.identify(transaction);
  reply(party.stack, transaction, 200, { contactUser: party.contactUser, sdp });
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
