// Offer and answer before the call is answered. EarlyExchange is the callee's side: the state of the negotiation, the answer in
// a PRACK, the description for the 200. `answerEarlyOffer` answers the peer's next offer in an UPDATE or a PRACK (RFC
// 3311 §5.2, RFC 6337 §3) for caller and callee alike. Nothing here ends a call.

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
  rollBackOffer,
} from "./offer-answer.ts";
import type { Cause } from "./reason.ts";
import { refuse, reply, retrySoon } from "./replies.ts";
import type { UserAgent } from "./user-agent.ts";

export type AnswerOffer = (offer: string) => Promise<Result<string, Cause>>;

export interface EarlyExchangeOptions {
  readonly ua: UserAgent;
  readonly contactUser: string;
  /** Whether the call may still be answered. */
  readonly waiting: () => boolean;
  /** An UPDATE of the caller was accepted. */
  readonly onUpdated: (update: ServerTransaction) => void;
}

export class EarlyExchange implements EarlyDialogUser {
  readonly ua: UserAgent;
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
  /** A further exchange followed the description with which the call will be accepted. */
  #renegotiated = false;

  constructor({ ua, contactUser, waiting, onUpdated }: EarlyExchangeOptions) {
    this.ua = ua;
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

  /** The answer to the call must wait for this. */
  get unsettled(): Promise<unknown> | undefined {
    return this.#taking;
  }

  /** The owner, which answers further offers; offers that have waited are then processed. */
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

  /** The description that the 200 has to carry. */
  inSuccess(sdp: string): string | undefined {
    if (!this.settled) this.describe("us", "2xx");
    this.negotiation = conclude(this.negotiation);
    // Our offer was answered early, or theirs was followed by another: a description would be a new offer.
    return this.answer === undefined && !this.#renegotiated ? sdp : undefined;
  }

  /** Takes the PRACK of a response of ours. False when it should have answered our offer and did not. */
  acceptPrack(transaction: ServerTransaction): boolean {
    if (this.negotiation.phase !== "offered" || this.negotiation.by !== "us") {
      this.answerOffer(transaction, "PRACK");
      return true;
    }
    reply(this.ua, transaction, 200);
    const description = descriptionOf(transaction.request);
    const step = describe(this.negotiation, "them", "PRACK");
    if (description.kind !== "sdp" || !step.ok) return false;
    this.negotiation = step.next;
    this.answer = description.sdp;
    return true;
  }

  answerOffer(transaction: ServerTransaction, carrier: "UPDATE" | "PRACK"): void {
    const taking = answerEarlyOffer(this, transaction, carrier).then((changed) => {
      this.#renegotiated ||= changed;
      if (this.#taking === taking) this.#taking = undefined;
    });
    this.#taking ??= taking;
  }
}

/** Our side of an early dialog, as caller or as callee. */
export interface EarlyDialogUser {
  readonly ua: UserAgent;
  readonly contactUser: string;
  negotiation: Negotiation;
  /** The owner's answer; may wait until there is an owner. */
  answerTo(offer: string): Promise<Result<string, Cause>>;
  /** False once the call will never be answered. */
  readonly waiting: boolean;
  /** An UPDATE of the peer was accepted: it may name another remote party. */
  identify(update: ServerTransaction): void;
}

/** Answers the request in any case. Resolves with true when the description has changed. */
export async function answerEarlyOffer(
  side: EarlyDialogUser,
  transaction: ServerTransaction,
  carrier: "UPDATE" | "PRACK",
): Promise<boolean> {
  const { ua } = side;
  const description = descriptionOf(transaction.request);
  if (description.kind !== "sdp") {
    if (description.kind === "none") succeed(side, transaction, carrier);
    else reply(ua, transaction, 415, { headers: acceptedBodies });
    return false;
  }
  const step = describe(side.negotiation, "them", carrier);
  if (!step.ok || step.meaning !== "offer") {
    if (carrier === "PRACK") reply(ua, transaction, 488);
    else if (!step.ok && step.violation === "glare") reply(ua, transaction, 491);
    else reply(ua, transaction, 500, { headers: retrySoon(ua) });
    return false;
  }
  side.negotiation = step.next;
  const decision = await askOwner({ clock: ua.clock, log: ua.log, hasEnded: () => !side.waiting }, () =>
    side.answerTo(description.sdp),
  );
  const answer = decision.ok ? describe(side.negotiation, "us", `${carrier}-2xx`) : undefined;
  side.negotiation = answer?.ok ? answer.next : rollBackOffer(side.negotiation);
  if (decision.ok) succeed(side, transaction, carrier, decision.value);
  else refuse(ua, transaction, decision.error);
  return decision.ok;
}

function succeed(
  side: EarlyDialogUser,
  transaction: ServerTransaction,
  ...[carrier, sdp]: [carrier: "UPDATE" | "PRACK", sdp?: string]
): void {
  if (carrier === "UPDATE") side.identify(transaction);
  reply(side.ua, transaction, 200, { contactUser: side.contactUser, sdp });
}
