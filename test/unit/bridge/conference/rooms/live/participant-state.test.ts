// The states of a participant: every state with every event, and the ways that callers take through them.
import { describe, expect, it } from "vitest";
import {
  holdsPlace,
  isInside,
  nextState,
  type ParticipantState,
  participantStates,
  type StateEvent,
  stateEvents,
} from "../../../../../../bridge/conference/rooms/live/participant-state.ts";

/** One row a state, one column an event; `-`: the event does not happen in that state. */
const expected = `
           ask       admit      wait     refuse   join    move    stay    leave
calling    prompted  admitted   waiting  refused  -       -       -       left
prompted   prompted  admitted   waiting  refused  -       -       -       left
admitted   prompted  admitted   waiting  refused  joined  -       -       left
waiting    prompted  admitted   waiting  refused  -       -       -       left
refused    prompted  admitted   waiting  refused  -       -       -       left
replacing  -         replacing  -        -        joined  -       -       left
expected   -         expected   -        -        joined  -       -       left
joined     -         -          -        -        -       moving  -       left
moving     -         -          -        -        -       -       joined  left
left       left      left       left     left     left    left    left    left
`;

const [events = [], ...rows] = expected
  .trim()
  .split("\n")
  .map((line) => line.trim().split(/\s+/));

function walk(start: ParticipantState, ...path: StateEvent[]): ParticipantState[] {
  let state = start;
  return path.map((event) => {
    state = nextState(state, event) ?? state;
    return state;
  });
}

describe("a participant's states", () => {
  it("are all in the table, with every event", () => {
    expect(events).toEqual([...stateEvents]);
    expect(rows.map(([state]) => state)).toEqual([...participantStates]);
  });

  for (const [state, ...cells] of rows) {
    it.each(cells.map((next, column) => ({ event: events[column], next })))(
      `${state} with $event: $next`,
      ({ event, next }) => {
        expect(nextState(state as ParticipantState, event as StateEvent) ?? "-").toBe(next);
      },
    );
  }

  it("lead a caller with a PIN, who waits for the host, into the room and away", () => {
    expect(walk("calling", "ask", "ask", "wait", "admit", "join", "leave")).toEqual([
      "prompted",
      "prompted",
      "waiting",
      "admitted",
      "joined",
      "left",
    ]);
  });

  it("lead a move to its end in one room and back in the other", () => {
    expect(walk("joined", "move", "stay", "move", "leave")).toEqual(["moving", "joined", "moving", "left"]);
    expect(walk("expected", "admit", "join")).toEqual(["expected", "joined"]);
  });

  it("never lead out of left", () => {
    expect(walk("left", ...stateEvents)).toEqual(stateEvents.map(() => "left"));
  });

  it("say who is inside and who holds a place", () => {
    expect(participantStates.filter(isInside)).toEqual(["joined", "moving"]);
    expect(participantStates.filter(holdsPlace)).toEqual(["admitted", "waiting", "expected"]);
  });
});
