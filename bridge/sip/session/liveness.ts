// Asks whether the peer of a call is still there: OPTIONS inside the dialog (RFC 3261 §11.2, §12.2.1.2). Every
// final response shows that the peer is there, except 481 and 408, which say that the dialog is gone.

import { dialogLost } from "./bye.ts";
import type { SessionCore } from "./core.ts";
import type { Liveness } from "./session.ts";

/** A session whose peer is gone has then ended. */
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
