// The INVITE client transaction: figure 5 of RFC 3261 §17.1.1 as redrawn by RFC 6026 §7.2 (Accepted, timer M).
// Pure and total: decides what happens, does nothing.
import { type ClientAction, type ClientEvent, drop, enter, type Step, start, stay } from "./step.ts";
import { retransmitWait, T1, transactionTimeout } from "./timers.ts";

export type InviteClientState = "calling" | "proceeding" | "completed" | "accepted" | "terminated";

type InviteClientStep = Step<InviteClientState, ClientAction>;

export function startInviteClient(reliable: boolean): InviteClientStep {
  const retransmission = reliable ? [] : [start("A", T1)];
  return stay("calling", ["send-request", ...retransmission, start("B", transactionTimeout)]);
}

export function stepInviteClient(
  state: InviteClientState,
  event: ClientEvent,
  reliable: boolean,
): InviteClientStep {
  switch (state) {
    case "calling":
      if (event.on === "timer" && event.timer === "A") {
        return stay(state, ["retransmit-request", start("A", 2 * event.ms)]);
      }
      if (event.on === "timer" && event.timer === "B") return enter("terminated", ["report-timeout"]);
      if (event.on === "transport-error") return enter("terminated", ["report-transport-error"]);
      return onResponse(state, event, reliable);
    case "proceeding":
      // A CANCEL may be sent in this state alone, and its effect is waited for within a limit (§9.1).
      if (event.on === "cancel") return stay(state, ["send-cancel", start("cancelled", transactionTimeout)]);
      if (event.on === "timer" && event.timer === "cancelled") return enter("terminated", ["report-timeout"]);
      // Not in the figure: the connection is lost, and no response can come any more.
      if (event.on === "transport-error") return enter("terminated", ["report-transport-error"]);
      return onResponse(state, event, reliable);
    case "completed":
      if (event.on === "300-699") return stay(state, ["send-ack"]);
      if (event.on === "transport-error") return enter("terminated", ["report-transport-error"]);
      if (event.on === "timer" && event.timer === "D") return enter("terminated", []);
      return drop(state);
    case "accepted":
      if (event.on === "2xx") return stay(state, ["deliver-response"]);
      if (event.on === "timer" && event.timer === "M") return enter("terminated", []);
      return drop(state);
    case "terminated":
      return drop(state);
  }
}

/** Processes a response before the call is answered. */
function onResponse(
  state: "calling" | "proceeding",
  event: ClientEvent,
  reliable: boolean,
): InviteClientStep {
  switch (event.on) {
    case "1xx":
      if (state === "proceeding") return stay(state, ["deliver-response"]);
      return enter("proceeding", ["deliver-response"]);
    case "2xx":
      return enter("accepted", [start("M", transactionTimeout), "deliver-response"]);
    case "300-699":
      return enter("completed", ["send-ack", start("D", retransmitWait.D(reliable)), "deliver-response"]);
    default:
      return drop(state);
  }
}
