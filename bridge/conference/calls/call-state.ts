// The states of a call, as one total table. Pure.
//
//   arriving → refusing | answering | ringing → entering ⇄ waiting → talking → leaving → ended (ended from everywhere)
//
// arriving   not answered; there may be no leg yet
// refusing   hears as early media why the call is refused
//   answering  our 200 is on its way, or waits for its ACK
//   ringing    is called by a room
//   entering   is answered, and on the way into a room: choosing one, typing a PIN, saying a name
//   waiting    is let in, but the conference has not begun
//   talking    is inside a room
//   leaving    hears why the room has sent them away; nothing else becomes of the call
//   ended      every part of it is gone, or about to be

export const callStates = [
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

const next: Readonly<Record<CallState, readonly CallState[]>> = {
  arriving: ["refusing", "answering", "ringing", "ended"],
  refusing: ["ended"],
  answering: ["entering", "ended"],
  ringing: ["entering", "ended"],
  // Repeated when the room is known, or the leg is replaced.
  entering: ["entering", "waiting", "talking", "ended"],
  waiting: ["entering", "leaving", "ended"],
  talking: ["leaving", "ended"],
  leaving: ["ended"],
  ended: ["ended"],
};

export const canBecome = (state: CallState, wanted: CallState): boolean => next[state].includes(wanted);

/** Asserts a part: the stages run in order, so that it has been made. */
export function required<Part>(part: Part | undefined): Part {
  if (part === undefined) throw new Error("the call does not have this part yet");
  return part;
}

/** The number of these calls in each state. */
export function countStates(calls: Iterable<{ readonly state: CallState }>): Record<CallState, number> {
  const counts = Object.fromEntries(callStates.map((state) => [state, 0])) as Record<CallState, number>;
  for (const { state } of calls) counts[state] += 1;
  return counts;
}
