// The states of a call, in the order in which they come.
//
//   arriving → refusing | answering | ringing → entering ⇄ waiting → talking → leaving → ended (ended from everywhere)

const callStates = [
  "arriving",
  "refusing",
  "answering",
  "ringing",
  "entering",
  "waiting",
  "talking",
  "leaving",
  "ended",
] as const;
export type CallState = (typeof callStates)[number];

/** The stages run in order: a part that is asked for has been made. */
export function required<Part>(part: Part | undefined): Part {
  if (part === undefined) throw new Error("the call does not have this part yet");
  return part;
}

/** How many of these calls are in each state. */
export function countStates(calls: Iterable<{ readonly state: CallState }>): Record<CallState, number> {
  const counts = Object.fromEntries(callStates.map((state) => [state, 0])) as Record<CallState, number>;
  for (const { state } of calls) counts[state] += 1;
  return counts;
}
