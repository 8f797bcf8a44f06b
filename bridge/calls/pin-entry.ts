// Asking for a PIN, as a pure machine: what was typed, how many tries are gone, and what to do next. It never
// decides whether a PIN is right; it knows the acceptable ones only to see when one is complete.
//
//   prompting ──key──▶ typing ──complete, #, 4 s──▶ checking ──rejected──▶ prompting … over
//       └─heard─▶ waiting ──10 s──▶ (a try) prompting … over

export type PinPhase = "prompting" | "waiting" | "typing" | "checking" | "over";

export interface PinEntry {
  readonly phase: PinPhase;
  readonly typed: string;
  /** Gone. */
  readonly tries: number;
}

export type PinEvent =
  | { readonly kind: "key"; readonly digit: string }
  /** The prompt has been heard or was cut short. */
  | { readonly kind: "heard" }
  | { readonly kind: "timeout" }
  /** What was checked was wrong. */
  | { readonly kind: "rejected" };

export type PinAction =
  /** Replaces the timer. */
  | { readonly kind: "arm"; readonly ms: number }
  | { readonly kind: "disarm" }
  | { readonly kind: "play"; readonly prompts: readonly string[] }
  | { readonly kind: "check"; readonly pin: string }
  | { readonly kind: "give-up"; readonly prompts: readonly string[] };

export interface PinStep {
  readonly entry: PinEntry;
  readonly actions: readonly PinAction[];
}

export const pinLimits = {
  tries: 3,
  digits: 6,
  betweenDigitsMs: 4000,
  firstDigitMs: 10_000,
  /** A prompt that never ends counts as heard. */
  promptMs: 30_000,
} as const;

export const askPin = (): PinStep => ask(0, ["conf-getpin"]);

export function stepPin(entry: PinEntry, event: PinEvent, pins: readonly string[]): PinStep {
  switch (event.kind) {
    case "key":
      return pressed(entry, event.digit, pins);
    case "heard":
      return entry.phase === "prompting" ? wait(entry) : same(entry);
    case "timeout":
      return timedOut(entry);
    case "rejected":
      return entry.phase === "checking" ? missed(entry, ["conf-invalidpin"]) : same(entry);
  }
}

function pressed(entry: PinEntry, digit: string, pins: readonly string[]): PinStep {
  if (entry.phase === "checking" || entry.phase === "over") return same(entry);
  if (digit === "*") return entry.typed === "" ? same(entry) : wait({ ...entry, typed: "" });
  // Without digits a `#` is the end of a PIN that was already taken as complete.
  if (digit === "#") return entry.typed === "" ? same(entry) : check(entry);
  if (!/^[0-9]$/.test(digit)) return same(entry);
  const typing: PinEntry = { ...entry, phase: "typing", typed: entry.typed + digit };
  if (isComplete(typing.typed, pins)) return check(typing);
  return { entry: typing, actions: [{ kind: "arm", ms: pinLimits.betweenDigitsMs }] };
}

/** A PIN that could still become a longer one waits for the `#` or for the time to pass. */
function isComplete(typed: string, pins: readonly string[]): boolean {
  if (typed.length >= pinLimits.digits) return true;
  return pins.includes(typed) && !pins.some((pin) => pin !== typed && pin.startsWith(typed));
}

function timedOut(entry: PinEntry): PinStep {
  switch (entry.phase) {
    case "prompting":
      return wait(entry);
    case "waiting":
      return missed(entry, []);
    case "typing":
      return check(entry);
    case "checking":
    case "over":
      return same(entry);
  }
}

/** One try less; `complaint` is what goes before the next question or the farewell. */
function missed({ tries }: PinEntry, complaint: readonly string[]): PinStep {
  if (tries + 1 < pinLimits.tries) return ask(tries + 1, [...complaint, "conf-getpin"]);
  return {
    entry: { phase: "over", typed: "", tries: tries + 1 },
    actions: [{ kind: "disarm" }, { kind: "give-up", prompts: [...complaint, "vm-goodbye"] }],
  };
}

const ask = (tries: number, prompts: readonly string[]): PinStep => ({
  entry: { phase: "prompting", typed: "", tries },
  actions: [
    { kind: "play", prompts },
    { kind: "arm", ms: pinLimits.promptMs },
  ],
});

const wait = (entry: PinEntry): PinStep => ({
  entry: { ...entry, phase: "waiting" },
  actions: [{ kind: "arm", ms: pinLimits.firstDigitMs }],
});

const check = (entry: PinEntry): PinStep => ({
  entry: { ...entry, phase: "checking", typed: "" },
  actions: [{ kind: "disarm" }, { kind: "check", pin: entry.typed }],
});

const same = (entry: PinEntry): PinStep => ({ entry, actions: [] });
