// Checks by OPTIONS inside the dialog whether the peer of a call still has it (RFC 3261 §11.2, §12.2.1.2). Every
// final response shows that it does, except 481 and 408, which say that the dialog is gone.

import { dialogLost } from "./bye.ts";
import type { SessionCore } from "./core.ts";
import type { Liveness } from "./session.ts";

/** If the peer has lost the dialog, the session has ended when this resolves. */
export async function askIfAlive(core: SessionCore): Promise<Liveness> {
  if (core.ended) return "gone";
  const { status, response } = await core.request("OPTIONS", { headers: [["Accept", "application/sdp"]] });
  if (core.ended) return "gone";
  if (status === 481 || status === 408) {
    dialogLost(core, status);
    return "gone";
  }
  return response === undefined ? "unreachable" : "alive";
}
