// MESSAGE (RFC 3428), inside calls and outside: plain text of bounded length for the owner, who says whether it has
// arrived. 200 means "delivered" (§7), so a bridge where nobody reads must not say it: without an owner's handler
// the text is refused with 403, not with 405, because the method is known and the refusal is our policy.

import { errorMessage } from "#common";
import type { ServerTransaction } from "../transaction/transaction.ts";
import { mediaType } from "./body.ts";
import { callerOf, dialledOf } from "./identity.ts";
import type { TextMessage } from "./questions.ts";
import { reply } from "./replies.ts";
import type { Session } from "./session.ts";
import type { SessionStack } from "./user-agent.ts";

const textType = "text/plain";
const maxBytes = 4096;

export function answerMessage(
  stack: SessionStack,
  transaction: ServerTransaction,
  session: Session | undefined,
): void {
  const { request } = transaction;
  const type = mediaType(request.headers.get("Content-Type") ?? textType);
  if (type !== textType) reply(stack, transaction, 415, { headers: [["Accept", textType]] });
  else if (request.body.length > maxBytes) reply(stack, transaction, 513);
  else reply(stack, transaction, ask(stack, read(stack, transaction, session)));
}

function read(
  stack: SessionStack,
  { request, flow }: ServerTransaction,
  session: Session | undefined,
): TextMessage {
  const trusted = stack.trusted(flow.remote.address);
  return {
    request,
    session,
    caller: callerOf(request, trusted),
    trusted,
    dialledNumber: dialledOf(request),
    text: new TextDecoder().decode(request.body),
  };
}

function ask(stack: SessionStack, message: TextMessage): number {
  try {
    return stack.questions.onMessage(message);
  } catch (error) {
    stack.log.error({ error: errorMessage(error) }, "a MESSAGE was not handled");
    return 500;
  }
}
