// Continues an answered call of the previous process without the peer noticing (RFC 3261 §12): the dialog with sequence
// numbers above those used, the session timer with its remaining time, a 2xx that is not acknowledged sent
// again. A negotiation in progress counts as refused (§14.1): the session stays as both sides last agreed.
//
// An INVITE whose answer was lost with the process arrives again, without a To tag (§17.1.1.2): it is no second call (compare
// merged requests, §8.2.2.2) but gets the 200 of the call that it has begun.
import { errorMessage, ParleyError } from "#common";
import type { Authenticate } from "../auth/index.ts";
import type { SipRequest, SipResponse } from "../message/message.ts";
import { parseMessage } from "../message/parser.ts";
import { mergeKey, mergeKeyOf } from "../transaction/matching.ts";
import type { ServerTransaction } from "../transaction/transaction.ts";
import { sendBye } from "./bye.ts";
import { ConnectedIdentity } from "./connected-identity.ts";
import type { SessionCore } from "./core.ts";
import { Dialog, dialogKey } from "./dialog.ts";
import { EstablishedSession } from "./established.ts";
import { askIfAlive } from "./liveness.ts";
import { applyLateAnswer } from "./modify-in.ts";
import type { Negotiation } from "./offer-answer.ts";
import { restorePath } from "./path.ts";
import { acknowledge } from "./reinvite-out.ts";
import { reply } from "./replies.ts";
import { badSnapshot, readSessionSnapshot, restorePrincipal, type SessionSnapshot } from "./snapshot.ts";
import type { UserAgent } from "./user-agent.ts";

/** The last requests before the restart may not have been recorded. */
const cseqGap = 100;

export interface AdoptOptions {
  /** Answers challenges to requests of ours, as it did for the original call. */
  readonly authenticate?: Authenticate | undefined;
}

interface Adopted {
  readonly session: EstablishedSession;
  /** The highest CSeq that a request of the previous process may have. */
  readonly lastCSeq: number;
  isOfferedAnew: boolean;
}

/** Calls that a previous process began. */
export class AdoptedCalls {
  readonly #ua: UserAgent;
  /** By the INVITE that began them, which may be retransmitted. */
  readonly #byInvite = new Map<string, EstablishedSession>();
  readonly #byDialog = new Map<string, Adopted>();

  constructor(ua: UserAgent) {
    this.#ua = ua;
  }

  /** Throws a ParleyError: BAD_SNAPSHOT, DIALOG_EXISTS, NO_TRANSPORT. */
  adopt(value: SessionSnapshot, { authenticate }: AdoptOptions): EstablishedSession {
    const ua = this.#ua;
    const snapshot = readSessionSnapshot(value);
    const pending = readPending(snapshot);
    const dialog = Dialog.restore(snapshot.dialog, cseqGap);
    if (ua.dialogs.has(dialog.key)) throw new ParleyError("DIALOG_EXISTS", "the call is there already");
    const path = restorePath(snapshot);
    // Throws when the listener of this flow is gone; also registers its name, so that responses to earlier requests are accepted.
    ua.transport.advertised(path.flow);
    const { outgoing, inviteCSeq, contactUser, principal, identity, timer } = snapshot;
    const session = new EstablishedSession(ua, {
      ...{ dialog, path, contactUser, outgoing, inviteCSeq, authenticate },
      negotiation: pending.some(({ isOffer }) => isOffer) ? ourOffer : { phase: "agreed" },
      log: ua.log.child({ callId: dialog.callId }),
      principal: principal && restorePrincipal(principal),
      connectedIdentity: ConnectedIdentity.restore(identity),
    });
    const { core } = session;
    core.peerUpdates = snapshot.peerUpdates;
    core.hadReferrals = snapshot.hadReferrals;
    if (timer) core.timer.resume(timer);
    for (const one of pending) this.#repeat(session, one);
    if (!outgoing) this.#expectInvite(session);
    const lastCSeq = snapshot.dialog.localCSeq + cseqGap;
    this.#byDialog.set(dialog.key, { session, lastCSeq, isOfferedAnew: false });
    core.events.once("ended", () => this.#byDialog.delete(dialog.key));
    core.log.info("call adopted");
    return session;
  }

  /** Whether one of these calls has that Call-ID. */
  has(callId: string): boolean {
    return [...this.#byDialog.values()].some(({ session }) => session.callId === callId);
  }

  /** The call that this INVITE outside of dialogs has already begun. */
  begunBy(request: SipRequest): EstablishedSession | undefined {
    const key = request.method === "INVITE" ? mergeKey(request) : undefined;
    return key === undefined ? undefined : this.#byInvite.get(key);
  }

  /** True: the INVITE has begun one of these calls, and has been answered. */
  answer(transaction: ServerTransaction): boolean {
    const { request } = transaction;
    const session = this.begunBy(request);
    if (!session) return false;
    const response = session.core.acks.responseTo(request.cseq.number);
    const isSame =
      response !== undefined && response.via.params.get("branch") === request.via.params.get("branch");
    // On another path, or long since acknowledged: a late copy to which no answer is expected (§8.2.2.2).
    if (isSame) transaction.respond(response);
    else reply(this.#ua, transaction, 482);
    return true;
  }

  /**
   * Handles a response that matches no transaction of this process. The 2xx of an INVITE always gets its ACK, because it is
   * repeated until then (§13.2.2.4). The outcome of a re-INVITE is unknown here, so that we send an offer again.
   */
  receiveStray(response: SipResponse): void {
    const { cseq, from, to, callId, status } = response;
    if (cseq.method !== "INVITE" || status < 200 || status > 299) return;
    const key = dialogKey(callId, from.params.get("tag") ?? "", to.params.get("tag") ?? "");
    const adopted = this.#byDialog.get(key);
    if (!adopted || cseq.number > adopted.lastCSeq) return;
    const { core } = adopted.session;
    acknowledge(core, response, []);
    if (adopted.isOfferedAnew || (core.outgoing && cseq.number === core.inviteCSeq)) return;
    adopted.isOfferedAnew = true;
    adopted.session.reoffer().catch((error) => {
      core.log.error({ error: errorMessage(error) }, "the session was not offered again");
    });
  }

  /** Sends a 2xx again until its ACK arrives (§13.3.1.4), on the path of its INVITE. */
  #repeat(session: EstablishedSession, { response, until, isOffer }: Pending): void {
    const { core } = session;
    const { flow } = core.path;
    const acknowledged = core.acks.resume(response, until, () => {
      this.#ua.transport.sendResponse(response, flow).catch((error) => {
        core.log.debug({ error: errorMessage(error) }, "a 2xx was not sent again");
      });
    });
    session.established = acknowledged;
    acknowledged
      .then((ack) => afterAck(core, ack, isOffer))
      .catch((error) => core.log.error({ error: errorMessage(error) }, "an ACK was not handled"));
  }

  #expectInvite(session: EstablishedSession): void {
    const { dialog, inviteCSeq, events } = session.core;
    const { callId, remoteTag } = dialog;
    const key = mergeKeyOf({ callId, fromTag: remoteTag, cseq: inviteCSeq, method: "INVITE" });
    this.#byInvite.set(key, session);
    events.once("ended", () => this.#byInvite.delete(key));
  }
}

/** The answer is still to come in the ACK. */
const ourOffer: Negotiation = { phase: "offered", by: "us", carrier: "2xx", before: "agreed" };

interface Pending {
  readonly response: SipResponse;
  readonly until: number;
  /** Its ACK brings the answer. */
  readonly isOffer: boolean;
}

function readPending({ unacknowledged, answerIsOwed, dialog }: SessionSnapshot): Pending[] {
  return unacknowledged.map(({ cseq, response: text, until }, index) => {
    const outcome = parseMessage(Buffer.from(text, "latin1"));
    const response = outcome.ok && outcome.message.kind === "response" ? outcome.message : undefined;
    const isExpected =
      response?.cseq.method === "INVITE" &&
      response.cseq.number === cseq &&
      response.callId === dialog.callId &&
      response.status >= 200 &&
      response.status < 300;
    if (!isExpected) throw badSnapshot(`unacknowledged/${index}/response`);
    return { response, until, isOffer: answerIsOwed && index === unacknowledged.length - 1 };
  });
}

async function afterAck(core: SessionCore, ack: SipRequest | undefined, isOffer: boolean): Promise<void> {
  if (core.ended) return;
  if (ack && isOffer) await applyLateAnswer(core, ack);
  else if (isOffer) await sendBye(core, { status: 408, text: "No ACK" }, "failure");
  // The ACK may have arrived while no process was running: the call continues unless the peer says otherwise.
  else if (!ack) await askIfAlive(core);
}
