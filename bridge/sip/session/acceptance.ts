// The 200 of an invitation, from its sending to its ACK (RFC 3261 §13.3.1.4): makes the session, starts its timer,
// and takes the answer that an ACK brings when the offer was ours.

import { errorMessage, type Logger, ParleyError } from "#common";
import type { Authenticate, Principal } from "../auth/index.ts";
import type { SipRequest } from "../message/message.ts";
import type { ServerTransaction } from "../transaction/transaction.ts";
import { descriptionOf } from "./body.ts";
import type { ConnectedIdentity } from "./connected-identity.ts";
import type { Dialog } from "./dialog.ts";
import type { EarlyExchange } from "./early-exchange.ts";
import { EstablishedSession } from "./established.ts";
import { describe } from "./offer-answer.ts";
import { returnPath } from "./path.ts";
import type { Cause } from "./reason.ts";
import { buildReply } from "./replies.ts";
import type { Session } from "./session.ts";
import { agreeAsServer, answerHeaders } from "./session-timer.ts";
import type { UserAgent } from "./user-agent.ts";

export interface Accepted {
  readonly transaction: ServerTransaction;
  readonly dialog: Dialog;
  readonly early: EarlyExchange;
  readonly log: Logger;
  /** The user part of our Contact. */
  readonly contactUser: string;
  /** The holder of the credentials of the INVITE. */
  readonly principal: Principal | undefined;
  readonly authenticate: Authenticate | undefined;
  readonly connectedIdentity: ConnectedIdentity;
  /** Called with the session before its ACK has arrived. */
  readonly onAnswered: ((session: Session) => void) | undefined;
}

/**
 * Sends the 200 at once, with the description unless it was already sent. Resolves with the ACK; rejects with a
 * ParleyError, after a BYE: CANCELLED, NO_ACK, NO_ANSWER.
 */
export async function accept(ua: UserAgent, sdp: string | undefined, accepted: Accepted): Promise<Session> {
  const { transaction, dialog, early, log, contactUser, principal, authenticate, connectedIdentity } =
    accepted;
  const { request, flow } = transaction;
  const agreement = agreeAsServer(request.headers, ua.sessionTimer);
  const response = buildReply(ua, transaction, 200, {
    toTag: dialog.localTag,
    contactUser,
    headers: answerHeaders(agreement),
    sdp,
  });
  dialog.confirm();
  const session = new EstablishedSession(ua, {
    dialog,
    path: returnPath(request, flow),
    contactUser,
    negotiation: early.negotiation,
    log,
    outgoing: false,
    inviteCSeq: request.cseq.number,
    ...{ principal, authenticate, connectedIdentity },
  });
  session.core.peerUpdates = request.headers.all("Allow").includes("UPDATE");
  transaction.respond(response);
  session.core.timer.restart(agreement);
  const acknowledged = session.core.acks.expect(transaction, response);
  session.established = acknowledged;
  log.info("call answered");
  accepted.onAnswered?.(session);
  // Only our own offer can still be open after a 200.
  const owed = early.negotiation.phase === "offered";
  const ack = await acknowledged;
  if (session.core.end) {
    const { text } = session.core.end.cause;
    throw new ParleyError("CANCELLED", `the call ended before its ACK: ${text}`);
  }
  if (!ack) hangUp(session, "NO_ACK", { status: 408, text: "No ACK" });
  session.lateAnswer = owed ? answerIn(ack, session) : early.answer;
  log.info("call confirmed");
  return session;
}

/** The answer in the ACK to our offer. */
function answerIn(ack: SipRequest, session: EstablishedSession): string {
  const { core } = session;
  const answer = descriptionOf(ack);
  const step = describe(core.negotiation, "them", "ACK");
  if (answer.kind !== "sdp" || !step.ok) {
    hangUp(session, "NO_ANSWER", { status: 488, text: "No answer to our offer in the ACK" });
  }
  core.negotiation = step.next;
  return answer.sdp;
}

function hangUp(session: EstablishedSession, code: string, cause: Cause): never {
  session.end(cause).catch((error) => session.core.log.warn({ error: errorMessage(error) }, "BYE failed"));
  throw new ParleyError(code, cause.text);
}
