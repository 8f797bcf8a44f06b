// Keeps a session alive by its timer (RFC 4028 §10): UPDATE where the peer allows it, else a re-INVITE that
// repeats the current descriptions; BYE when the peer has stopped refreshing. A peer without a timer may refuse refreshes.

import { dialogLost, sendBye } from "./bye.ts";
import type { SessionCore } from "./core.ts";
import { reoffer } from "./reinvite-out.ts";
import { agreeAsClient, demandedSeconds, requestHeaders } from "./session-timer.ts";

export async function refresh(core: SessionCore): Promise<void> {
  if (core.ended) return;
  if (!core.peerUpdates) {
    const result = await core.offers.run(() => reoffer(core));
    if (!result.ok) core.timer.retry();
    return;
  }
  const settled = await update(core);
  if (settled === "try again") core.timer.retry();
}

export function expire(core: SessionCore): void {
  void sendBye(core, { status: 408, text: "Session timer expired" }, "failure");
}

async function update(core: SessionCore, intervalSeconds?: number): Promise<"settled" | "try again"> {
  const { sessionTimer } = core.ua;
  const outcome = await core.request("UPDATE", {
    headers: [["Supported", "timer"], ...requestHeaders(sessionTimer, core.timer.agreement, intervalSeconds)],
  });
  if (core.ended) return "settled";
  const { status, response } = outcome;
  if (response && status < 300) {
    core.dialog.refreshTarget(response);
    core.identify(response, core.path.flow);
    core.timer.restart(agreeAsClient(response.headers, sessionTimer));
    return "settled";
  }
  if (status === 481 || status === 408) {
    dialogLost(core, status);
    return "settled";
  }
  if (response) core.timer.refused();
  if (response && (status === 405 || status === 501)) core.peerUpdates = false;
  const demanded = response && status === 422 ? demandedSeconds(response.headers) : undefined;
  if (demanded !== undefined && intervalSeconds === undefined) return update(core, demanded);
  return "try again";
}
