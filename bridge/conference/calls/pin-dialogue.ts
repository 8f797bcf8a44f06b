// Drives the machine of number-entry.ts for one call: plays its questions, arms its timer, feeds it keys, and asks its
// owner to judge what was typed. A wrong PIN is counted by the guess that its owner takes from the room. Digits are never
// logged.

import type { Timer, Unsubscribe } from "#common";
import { type PinGuess, type Room, tooManyGuesses } from "#conference/rooms";
import type { Phrase } from "#conference/speech";
import type { Call } from "./call.ts";
import { CallEndedError } from "./call-ended-error.ts";
import {
  ask,
  type EntryAction,
  type EntryEvent,
  type EntryStep,
  type NumberEntry,
  pinQuestion,
  type Question,
  stepEntry,
} from "./number-entry.ts";

type Judged = Awaited<ReturnType<Call["participant"]["joinWithPin"]>>;

/** The caller ran out of tries; to be told so. */
export interface GaveUp {
  readonly kind: "gave-up";
  readonly words: readonly Phrase[];
}

/** Inside, waiting, refused although the PIN was right, or out of tries. */
export type PinOutcome = Exclude<Judged, { readonly kind: "wrong" }> | GaveUp;

/** `pins`: what may be typed. Rejects with CallEnded when the call ends first. */
export function askForPin(call: Call, pins: readonly string[]): Promise<PinOutcome> {
  const guesses = new Guesses(call, pins);
  return askFor<Exclude<PinOutcome, GaveUp>>(
    call,
    pinQuestion(pins),
    async (pin) => {
      const guess = guesses.take();
      if ((await guess.turn()) === "refused") return { kind: "refuse", refusal: tooManyGuesses };
      const judged = await call.participant.joinWithPin(call.leg, pin, guess);
      return judged.kind === "wrong" ? "wrong" : judged;
    },
    (typed) => guesses.follow(typed),
  );
}

/** Asks a participant inside for a host's PIN, once; answers what to say about it. */
export async function becomeHost(call: Call): Promise<readonly Phrase[]> {
  const pins = hostPins(call.participant.room.record);
  if (pins.length === 0) return ["error"];
  const guesses = new Guesses(call, pins);
  const outcome = await askFor(
    call,
    { ...pinQuestion(pins), tries: 1 },
    async (pin) => {
      const guess = guesses.take();
      if ((await guess.turn()) === "refused") return { kind: "refused", words: ["error"] } as const;
      const became = await call.participant.room.becomeHost(call.participant, pin, guess);
      return became ? ({ kind: "host", words: ["host now"] } as const) : "wrong";
    },
    (typed) => guesses.follow(typed),
  );
  return outcome.words;
}

export function hostPins({ adminPin, options }: Room): readonly string[] {
  const members = options.members.filter(({ role }) => role === "host").map(({ pin }) => pin);
  return adminPin === null ? members : [adminPin, ...members];
}

/**
 * The guesses of one caller. A right PIN is taken without waiting for its end, and a wrong one is not: so a guess begins
 * when what has been typed could be a PIN, or hanging up before the end would make it free. A `*` ends it too.
 */
class Guesses {
  readonly #call: Call;
  readonly #shortest: number;
  #begun: PinGuess | undefined;

  constructor(call: Call, pins: readonly string[]) {
    this.#call = call;
    this.#shortest = Math.min(...pins.map(({ length }) => length));
  }

  follow(typed: string): void {
    if (typed === "") this.#begun = undefined;
    else if (typed.length >= this.#shortest)
      this.#begun ??= this.#call.participant.room.beginPin(this.#call.participant, this.#call.ended);
  }

  /** What was typed is complete. */
  take(): PinGuess {
    const guess =
      this.#begun ?? this.#call.participant.room.beginPin(this.#call.participant, this.#call.ended);
    this.#begun = undefined;
    return guess;
  }
}

/**
 * Asks until `judge` takes what was typed or the tries are over. Rejects with CallEnded when the call ends first.
 * `onTyped` is told what has been typed before it is complete, and "" when it is thrown away.
 */
export async function askFor<Outcome>(
  call: Call,
  question: Question,
  judge: (typed: string) => Promise<Outcome | "wrong">,
  onTyped?: (typed: string) => void,
): Promise<Outcome | GaveUp> {
  if (call.ended.aborted) throw new CallEndedError();
  const { promise, resolve, reject } = Promise.withResolvers<Outcome | GaveUp>();
  const dialogue = new NumberDialogue(call, question, {
    judge: async (typed) => {
      const judged = await judge(typed);
      if (judged === "wrong") return false;
      resolve(judged);
      return true;
    },
    typed: (typed) => onTyped?.(typed),
    gaveUp: resolve,
    failed: reject,
  });
  try {
    return await promise;
  } finally {
    dialogue.close();
  }
}

interface DialogueOwner {
  /** False: wrong, to be asked again. */
  judge(typed: string): Promise<boolean>;
  /** Not complete yet, or thrown away. */
  typed(typed: string): void;
  gaveUp(outcome: GaveUp): void;
  failed(error: unknown): void;
}

class NumberDialogue {
  readonly #call: Call;
  readonly #question: Question;
  readonly #owner: DialogueOwner;
  readonly #onEnded: () => void;
  /** Undefined while a number is checked: keys pressed meanwhile wait for the next question. */
  #unlisten: Unsubscribe | undefined;
  #entry: NumberEntry;
  #timer: Timer | undefined;
  #closed = false;
  /** Which prompt is the present one. */
  #prompts = 0;

  constructor(call: Call, question: Question, owner: DialogueOwner) {
    this.#call = call;
    this.#question = question;
    this.#owner = owner;
    this.#onEnded = () => owner.failed(new CallEndedError());
    call.ended.addEventListener("abort", this.#onEnded);
    const first = ask(question);
    this.#entry = first.entry;
    this.#perform(first);
    this.#listen();
  }

  close(): void {
    this.#closed = true;
    this.#timer?.cancel();
    this.#call.ended.removeEventListener("abort", this.#onEnded);
    this.#stopListening();
  }

  #listen(): void {
    this.#unlisten ??= this.#call.digits.listen((digit) => this.#dispatch({ kind: "key", digit }));
  }

  #stopListening(): void {
    this.#unlisten?.();
    this.#unlisten = undefined;
  }

  #dispatch(event: EntryEvent): void {
    if (this.#closed) return;
    const step = stepEntry(this.#entry, event, this.#question);
    this.#entry = step.entry;
    if (step.entry.phase !== "checking") this.#owner.typed(step.entry.typed);
    this.#perform(step);
  }

  #perform({ actions }: EntryStep): void {
    for (const action of actions) this.#do(action);
  }

  #do(action: EntryAction): void {
    switch (action.kind) {
      case "arm":
        this.#timer?.cancel();
        this.#timer = this.#call.clock.after(action.ms, () => this.#dispatch({ kind: "timeout" }));
        return;
      case "disarm":
        this.#timer?.cancel();
        return;
      case "say":
        void this.#say(action.words);
        return;
      case "check":
        this.#stopListening();
        if (!action.terminated) this.#call.digits.endNumber();
        this.#check(action.typed).catch((error) => this.#owner.failed(error));
        return;
      case "give-up":
        this.#owner.gaveUp({ kind: "gave-up", words: action.words });
        return;
    }
  }

  async #say(words: readonly Phrase[]): Promise<void> {
    this.#prompts += 1;
    const own = this.#prompts;
    // What cannot be played counts as heard: the caller may know what to type.
    await this.#call.playback.say(words);
    if (own === this.#prompts) this.#dispatch({ kind: "heard" });
  }

  async #check(typed: string): Promise<void> {
    if (await this.#owner.judge(typed)) return;
    this.#dispatch({ kind: "rejected" });
    if (!this.#closed && this.#entry.phase !== "over") this.#listen();
  }
}
