// Drives the machine of number-entry.ts for one call: plays its questions, arms its timer, feeds it keys, and has
// somebody judge what was typed. Digits are never logged.
import type { Room } from "#bridge/rooms";
import type { Phrase } from "#bridge/speech";
import { delay, type Timer, type Unsubscribe } from "#common";
import type { Call } from "./call.ts";
import { CallEnded } from "./call-ended.ts";
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

type Judged = Awaited<ReturnType<Call["visit"]["enterWithPin"]>>;

/** The caller ran out of tries; to be told so. */
export interface GaveUp {
  readonly kind: "gave-up";
  readonly words: readonly Phrase[];
}

/** Inside, waiting, refused although the PIN was right, or out of tries. */
export type PinOutcome = Exclude<Judged, { readonly kind: "wrong" }> | GaveUp;

/** `pins`: what may be typed. Rejects with CallEnded when the call ends first. */
export function askForPin(call: Call, pins: readonly string[]): Promise<PinOutcome> {
  return askFor(call, pinQuestion(pins), async (pin) => {
    await payForGuesses(call);
    const judged = await call.visit.enterWithPin(call.leg, pin);
    return judged.kind === "wrong" ? "wrong" : judged;
  });
}

/** Asks somebody who is inside for a host's PIN, once; answers what to say about it. */
export async function becomeHost(call: Call): Promise<readonly Phrase[]> {
  const pins = hostPins(call.visit.room);
  if (pins.length === 0) return ["error"];
  const outcome = await askFor(call, { ...pinQuestion(pins), tries: 1 }, async (pin) => {
    await payForGuesses(call);
    return (await call.visit.becomeHost(pin)) ? ({ kind: "host" } as const) : "wrong";
  });
  return outcome.kind === "host" ? ["host now"] : outcome.words;
}

export function hostPins({ adminPin, options }: Room): readonly string[] {
  const members = options.members.filter(({ role }) => role === "host").map(({ pin }) => pin);
  return adminPin === null ? members : [adminPin, ...members];
}

async function payForGuesses({ visit, clock, ended }: Call): Promise<void> {
  const wait = visit.pinDelayMs;
  if (wait > 0) await delay(clock, wait, ended);
}

/** Asks until `judge` takes what was typed or the tries are over. Rejects with CallEnded when the call ends first. */
export async function askFor<Outcome>(
  call: Call,
  question: Question,
  judge: (typed: string) => Promise<Outcome | "wrong">,
): Promise<Outcome | GaveUp> {
  if (call.ended.aborted) throw new CallEnded();
  const { promise, resolve, reject } = Promise.withResolvers<Outcome | GaveUp>();
  const dialogue = new NumberDialogue(call, question, {
    judge: async (typed) => {
      const judged = await judge(typed);
      if (judged === "wrong") return false;
      resolve(judged);
      return true;
    },
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
    this.#onEnded = () => owner.failed(new CallEnded());
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
    await this.#call.earpiece.say(words);
    if (own === this.#prompts) this.#dispatch({ kind: "heard" });
  }

  async #check(typed: string): Promise<void> {
    if (await this.#owner.judge(typed)) return;
    this.#dispatch({ kind: "rejected" });
    if (!this.#closed && this.#entry.phase !== "over") this.#listen();
  }
}
