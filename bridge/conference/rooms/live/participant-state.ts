// The states of a participant in one room, as a table with an entry for every state and event. Pure.
//
//   calling    has called the room, or is being called by it; nothing is decided
//   prompted   is asked for a PIN, or the last one was wrong
//   admitted   is let in and on the way: the call is being answered, or the name is being said
//   waiting    is let in, but the conference has not begun
//   refused    is not let in; the call ends once the caller has heard why
//   replacing  takes over the place of a participant who is inside (a transfer)
//   expected   comes from another room by a move
//   joined     is in the mix and on the roster
//   moving     the same, while the call goes over to another room
//   left       is gone, inside or not

export const participantStates = [
  ...(["calling", "prompted", "admitted", "waiting", "refused"] as const),
  ...(["replacing", "expected", "joined", "moving", "left"] as const),
] as const;
export type ParticipantState = (typeof participantStates)[number];

/** `ask`, `admit`, `wait`, `refuse`: the verdicts of admission; `stay`: a move has failed. */
export const stateEvents = ["ask", "admit", "wait", "refuse", "join", "move", "stay", "leave"] as const;
export type StateEvent = (typeof stateEvents)[number];

type Row = Readonly<Record<StateEvent, ParticipantState | undefined>>;

/** A row in which no event is allowed. */
const nowhere = {
  ...{ ask: undefined, admit: undefined, wait: undefined, refuse: undefined },
  ...{ join: undefined, move: undefined, stay: undefined },
} as const;

/** The room decides again whenever a caller tries again: from `calling` to `refused` every verdict may follow every other. */
const verdicts = { ask: "prompted", admit: "admitted", wait: "waiting", refuse: "refused" } as const;

const table: Readonly<Record<ParticipantState, Row>> = {
  calling: { ...nowhere, ...verdicts, leave: "left" },
  prompted: { ...nowhere, ...verdicts, leave: "left" },
  admitted: { ...nowhere, ...verdicts, join: "joined", leave: "left" },
  waiting: { ...nowhere, ...verdicts, leave: "left" },
  refused: { ...nowhere, ...verdicts, leave: "left" },
  replacing: { ...nowhere, admit: "replacing", join: "joined", leave: "left" },
  expected: { ...nowhere, admit: "expected", join: "joined", leave: "left" },
  joined: { ...nowhere, move: "moving", leave: "left" },
  moving: { ...nowhere, stay: "joined", leave: "left" },
  left: {
    ...{ ask: "left", admit: "left", wait: "left", refuse: "left" },
    ...{ join: "left", move: "left", stay: "left", leave: "left" },
  },
};

/** Undefined for an event that does not happen in that state. */
export const nextState = (state: ParticipantState, event: StateEvent): ParticipantState | undefined =>
  table[state][event];

/** In the mix and on the roster. */
export const isInside = (state: ParticipantState): boolean => state === "joined" || state === "moving";

/** Not inside yet, but with a place that no other caller gets. In the state `replacing` none is held: the predecessor has it. */
export const holdsPlace = (state: ParticipantState): boolean =>
  state === "admitted" || state === "waiting" || state === "expected";
