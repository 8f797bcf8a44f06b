// The non-INVITE client transaction: figure 6 of RFC 3261 §17.1.2. Pure and total.
import { type ClientAction, type ClientEvent, drop, enter, type Step, start, stay } from "./step.ts";
import { retransmitWait, T1, T2, transactionTimeout } from "./timers.ts";

export type NonInviteClientState = "trying" | "proceeding" | "completed" | "terminated";

type NonInviteClientStep = Step<NonInviteClientState, ClientAction>;

export function startNonInviteClient(reliable: boolean): NonInviteClientStep {
  const retransmission = reliable ? [] : [start("E", T1)];
  return stay("trying", ["send-request", ...retransmission, start("F", transactionTimeout)]);
}

export function stepNonInviteClient(
  state: NonInviteClientState,
  event: ClientEvent,
  reliable: boolean,
): NonInviteClientStep {
  switch (state) {
    case "trying":
    case "proceeding":
      switch (event.on) {
        case "1xx":
          // Timers E and F are common to both states (§17.1.2.2): they run on.
          return stay("proceeding", ["deliver-response"]);
        case "2xx":
        case "300-699":
          return enter("completed", [start("K", retransmitWait.K(reliable)), "deliver-response"]);
        case "transport-error":
          return enter("terminated", ["report-transport-error"]);
        case "timer":
          if (event.timer === "F") return enter("terminated", ["report-timeout"]);
          if (event.timer !== "E") return drop(state);
          return stay(state, [
            "retransmit-request",
            start("E", state === "trying" ? Math.min(2 * event.ms, T2) : T2),
          ]);
        case "cancel":
          return drop(state);
      }
      return drop(state);
    case "completed":
      return event.on === "timer" && event.timer === "K" ? enter("terminated", []) : drop(state);
    case "terminated":
      return drop(state);
  }
}
