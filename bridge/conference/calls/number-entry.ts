// Entry of a number, a PIN or the number of a conference, as a pure machine: the typed digits, the tries
// used, and what to do next. It never decides whether a number is right; it may know the acceptable ones only to
// see when one is complete.
//
//   prompting ──key──▶ typing ──complete, #, 4 s──▶ checking ──rejected──▶ prompting … over
//       └─heard─▶ waiting ──10 s──▶ (a try) prompting … over    (where only # is the end, typing ──10 s──▶ too)
import type { Phrase } from "#conference/speech";

export interface Question {
  readonly asked: Phrase;
  readonly refused: Phrase;
  readonly tries: number;
  /** An entry of this length is complete. */
  readonly digits: number;
  /** Complete as soon as one of these is typed, unless it is the beginning of another one. */
  readonly known: readonly string[];
  /** Only a `#` completes it: a long pause costs a try, and a `#` without digits gives up. */
  readonly endsWithHash?: boolean;
}

export type EntryPhase = "prompting" | "waiting" | "typing" | "checking" | "over";

export interface NumberEntry {
  readonly phase: EntryPhase;
  readonly typed: string;
  /** Tries used. */
  readonly tries: number;
}

export type EntryEvent =
  | { readonly kind: "key"; readonly digit: string }
  /** The prompt has been heard or was cut short. */
  | { readonly kind: "heard" }
  | { readonly kind: "timeout" }
  /** The checked entry was wrong. */
  | { readonly kind: "rejected" };

export type EntryAction =
  /** Replaces the timer. */
  | { readonly kind: "arm"; readonly ms: number }
  | { readonly kind: "disarm" }
  | { readonly kind: "say"; readonly words: readonly Phrase[] }
  /** `terminated`: completed by its `#`. */
  | { readonly kind: "check"; readonly typed: string; readonly terminated: boolean }
  | { readonly kind: "give-up"; readonly words: readonly Phrase[] };

export interface EntryStep {
  readonly entry: NumberEntry;
  readonly actions: readonly EntryAction[];
}

export const entryLimits = {
  betweenDigitsMs: 4000,
  firstDigitMs: 10_000,
  /** Where only a `#` ends the number: longer, because callers who read it off a card pause. */
  beforeHashMs: 10_000,
  /** A prompt that takes longer counts as heard. */
  promptMs: 30_000,
} as const;

export const pinQuestion = (known: readonly string[]): Question => ({
  asked: "ask pin",
  refused: "wrong pin",
  tries: 3,
  digits: 6,
  known,
});

export const roomNumberQuestion: Question = {
  asked: "ask number",
  refused: "wrong number",
  tries: 3,
  digits: 64,
  known: [],
};

/** The number of a callee. It may be one digit longer than any valid number, which is then wrong. */
export const calleeQuestion: Question = {
  asked: "ask callee",
  refused: "wrong callee",
  tries: 3,
  digits: 33,
  known: [],
  endsWithHash: true,
};

export const ask = ({ asked }: Question): EntryStep => askAgain(0, [asked]);

export function stepEntry(entry: NumberEntry, event: EntryEvent, question: Question): EntryStep {
  switch (event.kind) {
    case "key":
      return receiveKey(entry, event.digit, question);
    case "heard":
      return entry.phase === "prompting" ? wait(entry) : same(entry);
    case "timeout":
      return timeOut(entry, question);
    case "rejected":
      return entry.phase === "checking" ? failTry(entry, question, [question.refused]) : same(entry);
  }
}

function receiveKey(entry: NumberEntry, digit: string, question: Question): EntryStep {
  if (entry.phase === "checking" || entry.phase === "over") return same(entry);
  if (digit === "*") return entry.typed === "" ? same(entry) : wait({ ...entry, typed: "" });
  if (digit === "#" && entry.typed !== "") return check(entry, true);
  // A `#` without digits is no answer.
  if (digit === "#") return question.endsWithHash ? giveUp(entry, []) : same(entry);
  if (!/^[0-9]$/.test(digit)) return same(entry);
  const typing: NumberEntry = { ...entry, phase: "typing", typed: entry.typed + digit };
  if (isComplete(typing.typed, question)) return check(typing);
  const ms = question.endsWithHash ? entryLimits.beforeHashMs : entryLimits.betweenDigitsMs;
  return { entry: typing, actions: [{ kind: "arm", ms }] };
}

/** An entry that could still become a longer one waits for the `#` or the timeout. */
function isComplete(typed: string, { digits, known }: Question): boolean {
  if (typed.length >= digits) return true;
  return known.includes(typed) && !known.some((other) => other !== typed && other.startsWith(typed));
}

function timeOut(entry: NumberEntry, question: Question): EntryStep {
  switch (entry.phase) {
    case "prompting":
      return wait(entry);
    case "waiting":
      return failTry(entry, question, []);
    case "typing":
      return question.endsWithHash ? failTry(entry, question, []) : check(entry);
    case "checking":
    case "over":
      return same(entry);
  }
}

/** Uses a try; `complaint` is played before the next question or the farewell. */
function failTry(entry: NumberEntry, question: Question, complaint: readonly Phrase[]): EntryStep {
  const gone = entry.tries + 1;
  return gone < question.tries
    ? askAgain(gone, [...complaint, question.asked])
    : giveUp({ ...entry, tries: gone }, complaint);
}

const giveUp = ({ tries }: NumberEntry, words: readonly Phrase[]): EntryStep => ({
  entry: { phase: "over", typed: "", tries },
  actions: [{ kind: "disarm" }, { kind: "give-up", words }],
});

const askAgain = (tries: number, words: readonly Phrase[]): EntryStep => ({
  entry: { phase: "prompting", typed: "", tries },
  actions: [
    { kind: "say", words },
    { kind: "arm", ms: entryLimits.promptMs },
  ],
});

const wait = (entry: NumberEntry): EntryStep => ({
  entry: { ...entry, phase: "waiting" },
  actions: [{ kind: "arm", ms: entryLimits.firstDigitMs }],
});

const check = (entry: NumberEntry, terminated = false): EntryStep => ({
  entry: { ...entry, phase: "checking", typed: "" },
  actions: [{ kind: "disarm" }, { kind: "check", typed: entry.typed, terminated }],
});

const same = (entry: NumberEntry): EntryStep => ({ entry, actions: [] });
