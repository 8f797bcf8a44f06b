// The peer modifies the session: a re-INVITE (RFC 3261 §14.2, RFC 3264 §8) or an UPDATE (RFC 3311), for hold, a new codec,
// a new address, a late offer, or only to refresh the session timer. A refused request leaves the session as it was. A
// CANCEL of a re-INVITE is answered by the transaction layer and changes nothing here: the decision takes milliseconds,
// and undoing it halfway would leave media and signalling in different states.
//
//   session interval, body → offer/answer → owner → 200 → (re-INVITE: ACK → answer to our late offer)

import { ok, type Result } from "#common";
import type { SipRequest } from "../message/message.ts";
import type { ServerTransaction } from "../transaction/transaction.ts";
import type { Flow } from "../transport/index.ts";
import { askSessionOwner, deliverAnswer } from "./ask-owner.ts";
import { acceptedBodies, descriptionOf } from "./body.ts";
import { sendBye } from "./bye.ts";
import type { SessionCore } from "./core.ts";
import { describe, rollBackOffer } from "./offer-answer.ts";
import type { Cause } from "./reason.ts";
import { buildReply, refuse, reply, retrySoon } from "./replies.ts";
import type { SessionHandlers } from "./session.ts";
import { agreeAsServer, answerHeaders, isIntervalTooShort } from "./session-timer.ts";

export async function answerReinvite(core: SessionCore, transaction: ServerTransaction): Promise<void> {
  const { ua } = core;
  if (core.invite?.by === "us") return reply(ua, transaction, 491);
  if (core.invite) return reply(ua, transaction, 500, { headers: retrySoon(ua) });
  if (refuseUnacceptable(core, transaction)) return;
  const description = descriptionOf(transaction.request);
  const offer = description.kind === "sdp" ? description.sdp : undefined;
  // A re-INVITE without an offer asks for ours: until it is answered, no other exchange may begin.
  const exchange: Exchange =
    offer === undefined ? { by: "us", carrier: "2xx" } : { by: "them", carrier: "INVITE" };
  if (!beginExchange(core, transaction, exchange)) return;
  core.invite = { by: "them", transaction };

  const decision = await askSessionOwner(core, (owner) => describeUs(owner, offer, transaction.flow));
  if (core.ended) return;
  if (!decision.ok) {
    core.negotiation = rollBackOffer(core.negotiation);
    core.inviteConcluded();
    return refuse(ua, transaction, decision.error);
  }
  const ack = await acceptReinvite(core, transaction, decision.value, offer === undefined);
  if (core.ended) return;
  if (!ack) return sendBye(core, { status: 408, text: "No ACK for a re-INVITE" }, "failure");
  if (offer === undefined) await applyLateAnswer(core, ack);
}

export async function answerUpdate(core: SessionCore, transaction: ServerTransaction): Promise<void> {
  if (refuseUnacceptable(core, transaction)) return;
  const description = descriptionOf(transaction.request);
  if (description.kind !== "sdp") return acceptUpdate(core, transaction);
  if (!beginExchange(core, transaction, { by: "them", carrier: "UPDATE" })) return;
  const decision = await askSessionOwner(core, (owner) =>
    owner.onOffer(description.sdp, transaction.flow.remote.address),
  );
  if (core.ended) return reply(core.ua, transaction, 481);
  if (!decision.ok) {
    core.negotiation = rollBackOffer(core.negotiation);
    return refuse(core.ua, transaction, decision.error);
  }
  const step = describe(core.negotiation, "us", "UPDATE-2xx");
  if (step.ok) core.negotiation = step.next;
  acceptUpdate(core, transaction, decision.value);
}

/** Refuses a request that is unacceptable in itself; true when it has been answered. */
function refuseUnacceptable(core: SessionCore, transaction: ServerTransaction): boolean {
  const { ua } = core;
  const { headers } = transaction.request;
  if (isIntervalTooShort(headers, ua.sessionTimer)) {
    reply(ua, transaction, 422, { headers: [["Min-SE", String(ua.sessionTimer.minSeconds)]] });
    return true;
  }
  if (descriptionOf(transaction.request).kind === "unsupported") {
    reply(ua, transaction, 415, { headers: acceptedBodies });
    return true;
  }
  return false;
}

interface Exchange {
  readonly by: "us" | "them";
  readonly carrier: "INVITE" | "2xx" | "UPDATE";
}

/** False when the exchange cannot begin now; the request has then been refused with the status of RFC 3261 §14.2. */
function beginExchange(
  core: SessionCore,
  transaction: ServerTransaction,
  { by, carrier }: Exchange,
): boolean {
  const step = describe(core.negotiation, by, carrier);
  if (step.ok) core.negotiation = step.next;
  else if (step.violation === "glare") reply(core.ua, transaction, 491);
  else reply(core.ua, transaction, 500, { headers: retrySoon(core.ua) });
  return step.ok;
}

/** Our answer to their offer, or our offer where they sent none. */
async function describeUs(
  owner: SessionHandlers,
  offer: string | undefined,
  { remote }: Flow,
): Promise<Result<string, Cause>> {
  return offer === undefined ? ok(await owner.onOfferWanted()) : owner.onOffer(offer, remote.address);
}

/** Resolves with the ACK; undefined when none came. */
function acceptReinvite(
  core: SessionCore,
  transaction: ServerTransaction,
  sdp: string,
  late: boolean,
): Promise<SipRequest | undefined> {
  const { request } = transaction;
  const agreement = agreeAsServer(request.headers, core.ua.sessionTimer);
  if (!late) {
    const step = describe(core.negotiation, "us", "2xx");
    if (step.ok) core.negotiation = step.next;
  }
  core.follow(request, transaction);
  const response = buildReply(core.ua, transaction, 200, {
    sdp,
    contactUser: core.contactUser,
    headers: answerHeaders(agreement),
  });
  transaction.respond(response);
  core.inviteConcluded();
  core.timer.restart(agreement);
  return core.acks.expect(transaction, response);
}

/**
 * The ACK must answer our offer (RFC 3261 §13.2.1). If it does not, an existing session stays as it was, as after a refused
 * offer (§14.1), because some peers refresh that way; a session that has never been negotiated ends.
 */
export async function applyLateAnswer(core: SessionCore, ack: SipRequest): Promise<void> {
  const answer = descriptionOf(ack);
  const step = describe(core.negotiation, "them", "ACK");
  if (answer.kind !== "sdp" || !step.ok) {
    core.negotiation = rollBackOffer(core.negotiation);
    if (core.negotiation.phase === "none")
      return sendBye(core, { status: 488, text: "No answer to our offer in the ACK" }, "failure");
    core.ua.repairs.add("unanswered_offer");
    return;
  }
  core.negotiation = step.next;
  const use = await deliverAnswer(core, answer.sdp);
  if (!use.ok) await sendBye(core, { status: 488, text: "The answer cannot be used" }, "failure");
}

function acceptUpdate(core: SessionCore, transaction: ServerTransaction, sdp?: string): void {
  const { request } = transaction;
  const agreement = agreeAsServer(request.headers, core.ua.sessionTimer);
  core.follow(request, transaction);
  reply(core.ua, transaction, 200, {
    sdp,
    contactUser: core.contactUser,
    headers: answerHeaders(agreement),
  });
  core.timer.restart(agreement);
}
