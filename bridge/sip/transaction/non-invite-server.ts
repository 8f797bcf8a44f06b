// The non-INVITE server transaction: figure 8 of RFC 3261 §17.2.2. Pure and total. Two deviations: a transport
// error never ends it (RFC 6026 §8.8), and a request that its user never answers ends silently when the peer's
// timer F must have fired, because no client waits for an answer any more (RFC 4320 §4.2).
import { drop, enter, type ServerAction, type ServerEvent, type Step, start, stay } from "./step.ts";
import { retransmitWait, transactionTimeout } from "./timers.ts";

export type NonInviteServerState = "trying" | "proceeding" | "completed" | "terminated";

type NonInviteServerStep = Step<NonInviteServerState, ServerAction>;

export function startNonInviteServer(): NonInviteServerStep {
  return stay("trying", [start("F", transactionTimeout), "deliver-request"]);
}

export function stepNonInviteServer(
  state: NonInviteServerState,
  event: ServerEvent,
  reliable: boolean,
): NonInviteServerStep {
  switch (state) {
    case "trying":
    case "proceeding":
      switch (event.on) {
        case "request":
          return state === "trying" ? drop(state) : stay(state, ["retransmit-response"]);
        case "respond-1xx":
          return stay("proceeding", ["send-response"]);
        case "respond-2xx":
        case "respond-300-699":
          return enter("completed", ["send-response", start("J", retransmitWait.J(reliable))]);
        case "timer":
          return event.timer === "F" ? enter("terminated", []) : drop(state);
        case "transport-error":
          return stay(state, ["report-transport-error"]);
        case "ack":
          return drop(state);
      }
      return drop(state);
    case "completed":
      if (event.on === "request") return stay(state, ["retransmit-response"]);
      if (event.on === "transport-error") return stay(state, ["report-transport-error"]);
      return event.on === "timer" && event.timer === "J" ? enter("terminated", []) : drop(state);
    case "terminated":
      return drop(state);
  }
}
