// The INVITE server transaction: figure 7 of RFC 3261 §17.2.1 as redrawn by RFC 6026 §7.1 (Accepted, timer L).
// Pure and total. A transport error never ends a server transaction (RFC 6026 §8.8): on the peer's
// retransmission the response is sent again.
import { drop, enter, type ServerAction, type ServerEvent, type Step, start, stay } from "./step.ts";
import { retransmitWait, T1, T2, transactionTimeout, tryingDelay } from "./timers.ts";

export type InviteServerState = "proceeding" | "completed" | "accepted" | "confirmed" | "terminated";

type InviteServerStep = Step<InviteServerState, ServerAction>;

export function startInviteServer(): InviteServerStep {
  return stay("proceeding", [start("trying", tryingDelay), "deliver-request"]);
}

export function stepInviteServer(
  state: InviteServerState,
  event: ServerEvent,
  reliable: boolean,
): InviteServerStep {
  if (event.on === "transport-error" && state !== "terminated" && state !== "confirmed") {
    return stay(state, ["report-transport-error"]);
  }
  switch (state) {
    case "proceeding":
      switch (event.on) {
        case "request":
          return stay(state, ["retransmit-response"]);
        case "timer":
          return event.timer === "trying" ? stay(state, ["send-trying"]) : drop(state);
        case "respond-1xx":
          return enter(state, ["send-response"]);
        case "respond-2xx":
          return enter("accepted", ["send-response", start("L", transactionTimeout)]);
        case "respond-300-699": {
          const retransmission = reliable ? [] : [start("G", T1)];
          return enter("completed", ["send-response", ...retransmission, start("H", transactionTimeout)]);
        }
        default:
          return drop(state);
      }
    case "completed":
      if (event.on === "request") return stay(state, ["retransmit-response"]);
      if (event.on === "ack") return enter("confirmed", [start("I", retransmitWait.I(reliable))]);
      if (event.on === "timer" && event.timer === "G") {
        return stay(state, ["retransmit-response", start("G", Math.min(2 * event.ms, T2))]);
      }
      if (event.on === "timer" && event.timer === "H") {
        return enter("terminated", ["report-unacknowledged"]);
      }
      return drop(state);
    case "accepted":
      // The user repeats its 2xx until the ACK comes (§13.3.1.4); a repeated INVITE is absorbed.
      if (event.on === "respond-2xx") return stay(state, ["send-response"]);
      if (event.on === "ack") return stay(state, ["deliver-ack"]);
      if (event.on === "timer" && event.timer === "L") return enter("terminated", []);
      return drop(state);
    case "confirmed":
      return event.on === "timer" && event.timer === "I" ? enter("terminated", []) : drop(state);
    case "terminated":
      return drop(state);
  }
}
