// All sentences that Parley speaks to callers, as data, and how each of them is put together from the recordings of the
// prompt packs and a few tones. Pure. A sentence for which no pack has a recording is a tone of its own.
import type { PlayItem } from "#media/protocol";
import type { SpokenLanguage } from "./languages.ts";
import { momentPrompts } from "./moments.ts";
import { digitPrompts, numberPrompts } from "./numbers.ts";

/** Sentences that are one recording or one tone in every language. */
const fixed = {
  "ask pin": "conf-getpin",
  "ask name": "vm-rec-name",
  "now say it": "beep",
  "wrong pin": "conf-invalidpin",
  "ask number": "conf-getconfno",
  "wrong number": "conf-invalid",
  goodbye: "vm-goodbye",
  locked: "conf-locked",
  full: "conf-full",
  entering: "conf-placeintoconf",
  alone: "conf-onlyperson",
  muted: "conf-muted",
  unmuted: "conf-unmuted",
  "wait for host": "conf-waitforleader",
  begins: "confbridge-conf-begin",
  over: "confbridge-conf-end",
  kicked: "conf-kicked",
  "now locked": "conf-lockednow",
  recording: "conf-now-recording",
  "now unlocked": "conf-unlockednow",
  "room muted": "conf-now-muted",
  "room unmuted": "conf-now-unmuted",
  "wrong callee": "privacy-incorrect",
  calling: "vm-dialout",
  "no such callee": "ss-noservice",
  "callee does not answer": "vm-nobodyavail",
} as const;

/** Sentences of several recordings, the same in every language. */
const several = {
  "ask callee": ["vm-enter-num-to-call", "vm-then-pound"],
} as const;

const tones = {
  error: "error",
  done: "attention",
  recorded: "attention",
  "hand up": "up",
  "hand down": "down",
  "recording stopped": "down",
  "host now": "up",
  joins: "join",
  leaves: "leave",
  "call given up": "down",
} as const;

export type Phrase = keyof typeof fixed | keyof typeof several | keyof typeof tones;

/** A command that the help can name. */
export interface HelpEntry {
  readonly command: "mute" | "quieter" | "louder" | "lock" | "dial";
  readonly code: string;
}

export type Sentence =
  | Phrase
  | { readonly kind: "how many"; readonly others: number }
  /** A host has muted the listener. */
  | { readonly kind: "muted by host" }
  /** The listener's key changes nothing, because a host's or the room's mute holds; this code raises a hand. */
  | { readonly kind: "still muted"; readonly handCode: string | undefined }
  | { readonly kind: "minutes left"; readonly minutes: number }
  /** The time until the meeting is ended, as a host has just asked for. */
  | { readonly kind: "ends in"; readonly seconds: number }
  /** Instants in milliseconds since the epoch. */
  | {
      readonly kind: "not begun";
      readonly at: number;
      readonly now: number;
      readonly timezone: string;
    }
  /** To a caller who waits for a room that begins soon. */
  | { readonly kind: "begins in"; readonly minutes: number }
  | { readonly kind: "help"; readonly entries: readonly HelpEntry[] }
  /** To a callee: the conference that called, and how to confirm. */
  | { readonly kind: "confirm"; readonly extension: string }
  /** To the host who called this number. */
  | { readonly kind: "busy"; readonly number: string }
  | { readonly kind: "unreachable" }
  /** A participant, by the name that they recorded. */
  | { readonly kind: "has joined" | "has left"; readonly name: string }
  /** A recording of this bridge's own: the room's welcome. */
  | { readonly kind: "clip"; readonly clip: string };

/** Sentences that no key press may cut short, because they say that the conference is recorded. */
export const mustBeHeard = (sentence: Sentence): boolean =>
  sentence === "recording" || sentence === "recorded";

export const prompt = (name: string): PlayItem => ({ kind: "prompt", name });
const tone = (name: (typeof tones)[keyof typeof tones] | "busy"): PlayItem => ({ kind: "tone", name });

export function compose(language: SpokenLanguage, sentence: Sentence): PlayItem[] {
  if (typeof sentence === "string") {
    if (sentence in tones) return [tone(tones[sentence as keyof typeof tones])];
    return words(sentence).map(prompt);
  }
  switch (sentence.kind) {
    case "how many":
      return howMany(language, sentence.others);
    case "muted by host":
      return [tone("attention"), prompt(fixed.muted)];
    case "still muted":
      return [tone("error"), prompt(fixed.muted), ...pressing(sentence.handCode)];
    case "minutes left":
      return [tone("attention"), ...minutes(language, sentence.minutes)];
    case "ends in":
      return [tone("attention"), ...duration(language, sentence.seconds)];
    case "not begun":
      return [...later(language), ...momentPrompts(language, sentence.at, sentence)].map(prompt);
    case "begins in":
      return [prompt("queue-holdtime"), ...minutes(language, sentence.minutes)];
    case "help":
      return sentence.entries.flatMap((entry) => [...help(entry), { kind: "silence", durationMs: 300 }]);
    case "confirm":
      return [
        "conf-enteringno",
        ...digitPrompts(sentence.extension),
        "if-correct-press",
        ...digitPrompts("1"),
      ].map(prompt);
    case "busy":
      return [tone("busy"), ...[...digitPrompts(sentence.number), "vm-isonphone"].map(prompt)];
    case "unreachable":
      return ["followme/sorry", ...later(language)].map(prompt);
    case "has joined":
    case "has left":
      return [{ kind: "clip", name: sentence.name, passing: true }, prompt(movements[sentence.kind])];
    case "clip":
      return [{ kind: "clip", name: sentence.clip }];
  }
}

const movements = { "has joined": "conf-hasjoin", "has left": "conf-hasleft" } as const;

const words = (phrase: Phrase): readonly string[] =>
  phrase in several ? several[phrase as keyof typeof several] : [fixed[phrase as keyof typeof fixed]];

function howMany(language: SpokenLanguage, others: number): PlayItem[] {
  if (others <= 0) return [prompt(fixed.alone)];
  if (others === 1) return [prompt("conf-onlyone")];
  return ["conf-thereare", ...numberPrompts(language, others), "conf-otherinparty"].map(prompt);
}

function pressing(code: string | undefined): PlayItem[] {
  return code === undefined || code === "" ? [] : ["vm-press", ...digitPrompts(code)].map(prompt);
}

/** No voice has words for what this key does: the help says how to go on after it. */
const help = ({ command, code }: HelpEntry): PlayItem[] =>
  command === "dial"
    ? [...pressing(code), prompt("vm-enter-num-to-call")]
    : [prompt(helpPrompts[command]), ...pressing(code)];

const helpPrompts: Readonly<Record<Exclude<HelpEntry["command"], "dial">, string>> = {
  mute: "confbridge-mute-in",
  quieter: "confbridge-dec-list-vol-in",
  louder: "confbridge-inc-list-vol-in",
  lock: "confbridge-lock-in",
};

/** One minute has a word of its own everywhere; "one" agrees with it. */
const oneMinute: Readonly<Record<SpokenLanguage, readonly string[]>> = {
  en: ["digits/1", "minute"],
  es: ["digits/1M", "queue-minute"],
  fr: ["digits/1", "minute"],
  it: ["digits/un", "queue-minute"],
  ru: ["digits/1n", "queue-minute"],
};

function minutes(language: SpokenLanguage, count: number): PlayItem[] {
  const names = count === 1 ? oneMinute[language] : [...numberPrompts(language, count), "minutes"];
  return names.map(prompt);
}

/** Minutes and seconds, unless they are zero. Only one voice has a word for a single second, so that it is left out. */
function duration(language: SpokenLanguage, seconds: number): PlayItem[] {
  const whole = Math.floor(seconds / 60);
  const rest = seconds % 60;
  return [
    ...(whole > 0 ? minutes(language, whole) : []),
    ...(rest > 1 ? [...numberPrompts(language, rest), "seconds"].map(prompt) : []),
  ];
}

/** Not every voice has "call later"; the others say "try again". */
const later = (language: SpokenLanguage): string[] => [
  language === "es" || language === "ru" ? "please-try-again" : "please-try-call-later",
];
