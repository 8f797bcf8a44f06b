// Asks the far end of a call whether it is still there: OPTIONS inside the dialog (RFC 3261 §11.2, §12.2.1.2). Any final
// answer but the two that say that the dialog is gone comes from somebody who is there.

import { dialogLost } from "./bye.ts";
import type { SessionCore } from "./core.ts";
import type { Liveness } from "./session.ts";

/** A session whose far end is gone has then ended. */
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
