// UPDATE from the peer (RFC 3311): an offer that needs no ACK, or a plain session refresh without a body.
import type { ServerTransaction } from "../transaction/transaction.ts";
import { descriptionOf } from "./body.ts";
import type { SessionCore } from "./core.ts";
import { decided, opens, refuses } from "./modify.ts";
import { describe, withdraw } from "./offer-answer.ts";
import { refuse, reply } from "./replies.ts";
import { agreeAsServer, answerHeaders } from "./session-timer.ts";

export async function answerUpdate(core: SessionCore, transaction: ServerTransaction): Promise<void> {
  if (refuses(core, transaction)) return;
  const description = descriptionOf(transaction.request);
  if (description.kind !== "sdp") return succeed(core, transaction);
  if (!opens(core, transaction, { by: "them", carrier: "UPDATE" })) return;
  const decision = await decided(core, (owner) =>
    owner.onOffer(description.sdp, transaction.flow.remote.address),
  );
  if (core.ended) return reply(core.stack, transaction, 481);
  if (!decision.ok) {
    core.negotiation = withdraw(core.negotiation);
    return refuse(core.stack, transaction, decision.error);
  }
  const step = describe(core.negotiation, "us", "UPDATE-2xx");
  if (step.ok) core.negotiation = step.next;
  succeed(core, transaction, decision.value);
}

function succeed(core: SessionCore, transaction: ServerTransaction, sdp?: string): void {
  const { request } = transaction;
  const agreement = agreeAsServer(request.headers, core.stack.sessionTimer);
  core.follow(request, transaction);
  reply(core.stack, transaction, 200, {
    sdp,
    contactUser: core.contactUser,
    headers: answerHeaders(agreement),
  });
  core.timer.restart(agreement);
}
