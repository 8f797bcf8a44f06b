// The end of a call by BYE, in both directions (RFC 3261 §15, with reasons by RFC 3326).

import type { ServerTransaction } from "../transaction/transaction.ts";
import type { SessionCore } from "./core.ts";
import type { Cause, SessionEnd } from "./reason.ts";
import { causeOf, reasonOf } from "./reason.ts";
import { reply } from "./replies.ts";

const normalEnd: Cause = { status: 200, text: "Hung up" };

export function answerBye(core: SessionCore, transaction: ServerTransaction): void {
  reply(core.ua, transaction, 200);
  core.finish({ by: "remote", cause: causeOf(transaction.request.headers, core.ua.repairs) ?? normalEnd });
  core.unregister();
}

/**
 * Ends the session on our side. The dialog stays in the table until our BYE is settled, so that a BYE that
 * crosses ours is still answered 200.
 */
export async function sendBye(
  core: SessionCore,
  cause: Cause,
  by: SessionEnd["by"] = "local",
): Promise<void> {
  if (core.ended) return;
  core.finish({ by, cause });
  try {
    await core.request("BYE", { headers: [["Reason", reasonOf(cause)]] });
  } finally {
    core.unregister();
  }
}

/** The peer no longer knows the dialog, or cannot be reached in it (§12.2.1.2). */
export function dialogLost(core: SessionCore, status: number): void {
  if (status === 481) {
    core.finish({ by: "failure", cause: { status, text: "The other side does not know the call any more" } });
    core.unregister();
    return;
  }
  void sendBye(core, { status, text: "The other side does not answer any more" }, "failure");
}
