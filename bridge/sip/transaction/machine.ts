// Runs one of the pure machines: keeps its state and its timers, and has its owner carry out every action
// in order. An action may feed the machine again; the new step then sees the state that the old one entered.
import type { Clock, Timer } from "#common";
import type { Step, TimerAction, TimerFired } from "./step.ts";
import type { TimerName } from "./timers.ts";

export interface Machine<State extends string, Event> {
  readonly state: State;
  /** False when the figure does not define this event for the state: nothing has happened. */
  feed(event: Event): boolean;
  /** Stops every timer; later events are ignored. */
  close(): void;
}

export interface MachineParts<State extends string, Event, Action> {
  readonly first: Step<State, Action | TimerAction>;
  step(state: State, event: Event | TimerFired): Step<State, Action | TimerAction>;
  act(action: Action): void;
  onTimer(timer: TimerName): void;
  /** After the last action of the step that entered `terminated`. */
  onTerminated(): void;
}

/** The returned `begin` carries out the first step, once the owner is ready for it. */
export function createMachine<State extends string, Event, Action extends string>(
  clock: Clock,
  parts: MachineParts<State, Event, Action>,
): Machine<State, Event> & { begin(): void } {
  const timers = new Map<TimerName, Timer>();
  let state = parts.first.state;
  let closed = false;

  const stopTimers = () => {
    for (const timer of timers.values()) timer.cancel();
    timers.clear();
  };

  const startTimer = (name: TimerName, ms: number) => {
    timers.get(name)?.cancel();
    timers.set(
      name,
      clock.after(ms, () => {
        timers.delete(name);
        parts.onTimer(name);
        take(parts.step(state, { on: "timer", timer: name, ms }));
      }),
    );
  };

  const take = (step: Step<State, Action | TimerAction>): boolean => {
    const ending = step.state === "terminated" && state !== "terminated";
    const changed = step.state !== state;
    state = step.state;
    for (const action of step.actions) {
      if (closed) return true;
      if (action === "stop-timers") stopTimers();
      else if (typeof action === "object") startTimer(action.start, action.ms);
      else parts.act(action as Action);
    }
    if (ending && !closed) {
      closed = true;
      parts.onTerminated();
    }
    return changed || step.actions.length > 0;
  };

  return {
    get state() {
      return state;
    },
    begin: () => void take(parts.first),
    feed: (event) => !closed && take(parts.step(state, event)),
    close() {
      closed = true;
      stopTimers();
    },
  };
}
