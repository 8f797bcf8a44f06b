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

/** How many of these calls are in each state. */
export function countStates(calls: Iterable<{ readonly state: CallState }>): Record<CallState, number> {
  const counts = Object.fromEntries(callStates.map((state) => [state, 0])) as Record<CallState, number>;
  for (const { state } of calls) counts[state] += 1;
  return counts;
}
