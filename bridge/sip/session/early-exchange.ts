// The descriptions of an invitation before it is answered: who owes what, the answer that a PRACK brought, the
// caller's further offers. The invitation asks it what its 200 has to carry; nothing here ends a call.

import { ParleyError, type Result } from "#common";
import type { ServerTransaction } from "../transaction/transaction.ts";
import { askOwner } from "./ask-owner.ts";
import { acceptedBodies, descriptionOf } from "./body.ts";
import {
  type Carrier,
  conclude,
  describe,
  type Negotiation,
  noNegotiation,
  withdraw,
} from "./offer-answer.ts";
import type { Cause } from "./reason.ts";
import { refuse, reply, retrySoon } from "./replies.ts";
import type { SessionStack } from "./user-agent.ts";

export type AnswerOffer = (offer: string) => Promise<Result<string, Cause>>;

export interface EarlyExchangeOptions {
  readonly stack: SessionStack;
  readonly contactUser: string;
  /** Whether the call may still be answered. */
  readonly waiting: () => boolean;
  /** An UPDATE of the caller's was accepted. */
  readonly onUpdated: (update: ServerTransaction) => void;
}

export class EarlyExchange implements EarlyParty {
  readonly stack: SessionStack;
  readonly contactUser: string;
  negotiation: Negotiation = noNegotiation;
  /** The answer to our offer, when it came in a PRACK. */
  answer: string | undefined;
  readonly #waiting: () => boolean;
  readonly #onUpdated: EarlyExchangeOptions["onUpdated"];
  #owner: AnswerOffer | undefined;
  #onOwner: (() => void) | undefined;
  /** The caller's offer that is being answered. */
  #taking: Promise<unknown> | undefined;
  /** The exchange went on after the description that the call is accepted with. */
  #renegotiated = false;

  constructor({ stack, contactUser, waiting, onUpdated }: EarlyExchangeOptions) {
    this.stack = stack;
    this.contactUser = contactUser;
    this.#waiting = waiting;
    this.#onUpdated = onUpdated;
  }

  get waiting(): boolean {
    return this.#waiting();
  }

  /** Whether a first exchange is complete: a description would then be another offer. */
  get settled(): boolean {
    return this.negotiation.phase === "settled";
  }

  /** The answer to the call waits for it. */
  get unsettled(): Promise<unknown> | undefined {
    return this.#taking;
  }

  /** Whoever answers further offers; those that wait go on. */
  set owner(owner: AnswerOffer) {
    this.#owner = owner;
    this.#onOwner?.();
  }

  identify(update: ServerTransaction): void {
    this.#onUpdated(update);
  }

  async answerTo(offer: string): Promise<Result<string, Cause>> {
    if (!this.#owner) {
      await new Promise<void>((resolve) => {
        this.#onOwner = resolve;
      });
    }
    return this.#owner!(offer);
  }

  describe(sender: "us" | "them", carrier: Carrier): void {
    const step = describe(this.negotiation, sender, carrier);
    if (!step.ok)
      throw new ParleyError("MISPLACED_DESCRIPTION", `no description belongs into this ${carrier}`);
    this.negotiation = step.next;
  }

  /** What the 200 carries of our description. */
  inSuccess(sdp: string): string | undefined {
    if (!this.settled) this.describe("us", "2xx");
    this.negotiation = conclude(this.negotiation);
    // Our offer was answered early, or theirs has been followed by another: a description would be one more.
    return this.answer === undefined && !this.#renegotiated ? sdp : undefined;
  }

  /** A PRACK that belongs to a response of ours. False when it should have answered our offer and did not. */
  takePrack(transaction: ServerTransaction): boolean {
    if (this.negotiation.phase !== "offered" || this.negotiation.by !== "us") {
      this.takeOffer(transaction, "PRACK");
      return true;
    }
    reply(this.stack, transaction, 200);
    const description = descriptionOf(transaction.request);
    const step = describe(this.negotiation, "them", "PRACK");
    if (description.kind !== "sdp" || !step.ok) return false;
    this.negotiation = step.next;
    this.answer = description.sdp;
    return true;
  }

  takeOffer(transaction: ServerTransaction, carrier: "UPDATE" | "PRACK"): void {
    const taking = takeEarlyOffer(this, transaction, carrier).then((changed) => {
      this.#renegotiated ||= changed;
      if (this.#taking === taking) this.#taking = undefined;
    });
    this.#taking ??= taking;
  }
}

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
  const decision = await askOwner(
    { clock: stack.clock, log: stack.log, hasEnded: () => !party.waiting },
    () => party.answerTo(description.sdp),
  );
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
