// MESSAGE (RFC 3428), inside calls and outside: plain text of bounded length for the owner, which says whether it has
// arrived. 200 means "delivered" (§7), so a bridge that shows the text to no user must not send it: without an owner's handler
// the text is refused with 403, not with 405, because the method is known and the refusal is our policy.

import { errorMessage } from "#common";
import type { ServerTransaction } from "../transaction/transaction.ts";
import { mediaType } from "./body.ts";
import { callerOf, dialledOf } from "./identity.ts";
import type { TextMessage } from "./questions.ts";
import { reply } from "./replies.ts";
import type { Session } from "./session.ts";
import type { UserAgent } from "./user-agent.ts";

const textType = "text/plain";
const maxBytes = 4096;

export function answerMessage(
  ua: UserAgent,
  transaction: ServerTransaction,
  session: Session | undefined,
): void {
  const { request } = transaction;
  const type = mediaType(request.headers.get("Content-Type") ?? textType);
  if (type !== textType) reply(ua, transaction, 415, { headers: [["Accept", textType]] });
  else if (request.body.length > maxBytes) reply(ua, transaction, 513);
  else reply(ua, transaction, ask(ua, read(ua, transaction, session)));
}

function read(
  ua: UserAgent,
  { request, flow }: ServerTransaction,
  session: Session | undefined,
): TextMessage {
  const trusted = ua.trusted(flow);
  return {
    request,
    session,
    caller: callerOf(request, trusted),
    trusted,
    dialledNumber: dialledOf(request),
    text: new TextDecoder().decode(request.body),
  };
}

function ask(ua: UserAgent, message: TextMessage): number {
  try {
    return ua.questions.onMessage(message);
  } catch (error) {
    ua.log.error({ error: errorMessage(error) }, "a MESSAGE was not handled");
    return 500;
  }
}
