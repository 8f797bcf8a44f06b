// What the four machines share: the shape of a step, the closed unions of events and actions. A machine is a
// pure function of state, event and reliability; the layer feeds it and carries its actions out in order.
// A repeating timer carries its interval in its own event, so that a state is only a name.
import type { TimerName } from "./timers.ts";

export interface Step<State, Action> {
  readonly state: State;
  readonly actions: readonly Action[];
}

/** A timer of the current state has fired; `ms` is what it was armed with. */
export interface TimerFired {
  readonly on: "timer";
  readonly timer: TimerName;
  readonly ms: number;
}

export type ClientEvent =
  | { readonly on: "1xx" | "2xx" | "300-699" }
  | TimerFired
  | { readonly on: "transport-error" }
  /** The user no longer wants the call. */
  | { readonly on: "cancel" };

export type ServerEvent =
  /** A retransmission of the request. */
  | { readonly on: "request" }
  | { readonly on: "ack" }
  /** The user sends a response of that class. */
  | { readonly on: "respond-1xx" | "respond-2xx" | "respond-300-699" }
  | TimerFired
  | { readonly on: "transport-error" };

export type TimerAction =
  | { readonly start: TimerName; readonly ms: number }
  /** The state has ended, and its timers with it. */
  | "stop-timers";

export type ClientAction =
  | TimerAction
  | "send-request"
  | "retransmit-request"
  /** The ACK for the current non-2xx final response (§17.1.1.3). */
  | "send-ack"
  /** A CANCEL in a transaction of its own (§9.1). */
  | "send-cancel"
  | "deliver-response"
  | "report-timeout"
  | "report-transport-error";

export type ServerAction =
  | TimerAction
  /** The response of the event. */
  | "send-response"
  /** The last response sent, if there is one. */
  | "retransmit-response"
  | "send-trying"
  | "deliver-request"
  | "deliver-ack"
  | "report-unacknowledged"
  | "report-transport-error";

export const start = (timer: TimerName, ms: number): TimerAction => ({ start: timer, ms });

/** Keeps the state's timers. */
export const stay = <State, Action>(state: State, actions: readonly Action[]): Step<State, Action> => ({
  state,
  actions,
});

/** Changes the state: the timers of the old one stop before anything else happens. */
export const enter = <State, Action>(
  state: State,
  actions: readonly Action[],
): Step<State, Action | TimerAction> => ({ state, actions: ["stop-timers", ...actions] });

/** An event that the figure does not define for this state: nothing happens. */
export const drop = <State>(state: State): Step<State, never> => ({ state, actions: [] });
