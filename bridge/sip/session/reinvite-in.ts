// A re-INVITE from the peer (RFC 3261 §14.2, RFC 3264 §8): hold, a new codec, a new address, a late offer, or
// just a session refresh. A refused one leaves everything as it was. A CANCEL for it is answered by the
// transaction layer and changes nothing here: the decision takes milliseconds, and undoing half of it would
// leave media and signalling at odds.

import { ok, type Result } from "#common";
import type { SipRequest } from "../message/message.ts";
import type { ServerTransaction } from "../transaction/transaction.ts";
import type { Flow } from "../transport/index.ts";
import { descriptionOf } from "./body.ts";
import { sendBye } from "./bye.ts";
import type { Cause } from "./cause.ts";
import type { SessionCore } from "./core.ts";
import { decided, opens, refuses, taken } from "./modify.ts";
import { describe, withdraw } from "./offer-answer.ts";
import { buildReply, refuse, reply, retrySoon } from "./replies.ts";
import type { SessionHandlers } from "./session.ts";
import { agreeAsServer, answerHeaders } from "./session-timer.ts";

export async function answerReinvite(core: SessionCore, transaction: ServerTransaction): Promise<void> {
  const { stack } = core;
  if (core.invite?.by === "us") return reply(stack, transaction, 491);
  if (core.invite) return reply(stack, transaction, 500, { headers: retrySoon(stack) });
  if (refuses(core, transaction)) return;
  const description = descriptionOf(transaction.request);
  const offer = description.kind === "sdp" ? description.sdp : undefined;
  // Without an offer of theirs our own is as good as made: nothing else may begin until it is answered.
  const exchange = offer === undefined ? { by: "us", carrier: "2xx" } : { by: "them", carrier: "INVITE" };
  if (!opens(core, transaction, exchange as Parameters<typeof opens>[2])) return;
  core.invite = { by: "them", transaction };

  const decision = await decided(core, (owner) => decide(owner, offer, transaction.flow));
  if (core.ended) return;
  if (!decision.ok) {
    core.negotiation = withdraw(core.negotiation);
    core.inviteConcluded();
    return refuse(stack, transaction, decision.error);
  }
  const ack = await succeed(core, transaction, decision.value, offer === undefined);
  if (core.ended) return;
  if (!ack) return sendBye(core, { status: 408, text: "No ACK for a re-INVITE" }, "failure");
  if (offer === undefined) await takeLateAnswer(core, ack);
}

async function decide(
  owner: SessionHandlers,
  offer: string | undefined,
  { remote }: Flow,
): Promise<Result<string, Cause>> {
  return offer === undefined ? ok(await owner.onOfferWanted()) : owner.onOffer(offer, remote.address);
}

function succeed(
  core: SessionCore,
  transaction: ServerTransaction,
  sdp: string,
  late: boolean,
): Promise<SipRequest | undefined> {
  const { request } = transaction;
  const agreement = agreeAsServer(request.headers, core.stack.sessionTimer);
  if (!late) {
    const step = describe(core.negotiation, "us", "2xx");
    if (step.ok) core.negotiation = step.next;
  }
  core.follow(request, transaction);
  const response = buildReply(core.stack, transaction, 200, {
    sdp,
    contactUser: core.contactUser,
    headers: answerHeaders(agreement),
  });
  transaction.respond(response);
  core.inviteConcluded();
  core.timer.restart(agreement);
  return core.acks.expect(transaction, response);
}

/** The ACK answers our offer, or the call cannot go on (RFC 3261 §13.2.1). */
async function takeLateAnswer(core: SessionCore, ack: SipRequest): Promise<void> {
  const answer = descriptionOf(ack);
  const step = describe(core.negotiation, "them", "ACK");
  if (answer.kind !== "sdp" || !step.ok) {
    return sendBye(core, { status: 488, text: "No answer to our offer in the ACK" }, "failure");
  }
  core.negotiation = step.next;
  const use = await taken(core, answer.sdp);
  if (!use.ok) await sendBye(core, { status: 488, text: "The answer cannot be used" }, "failure");
}
