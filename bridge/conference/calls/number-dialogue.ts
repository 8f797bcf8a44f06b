// Asks one caller for a number: drives the machine of number-entry.ts, plays its questions, arms its timer, feeds it keys,
// and has what was typed judged. Digits are never logged.

import type { Timer, Unsubscribe } from "#common";
import type { Phrase } from "#conference/speech";
import type { Call } from "./call.ts";
import { CallEndedError } from "./call-ended-error.ts";
import {
  ask,
  type EntryAction,
  type EntryEvent,
  type EntryStep,
  type NumberEntry,
  type Question,
  stepEntry,
} from "./number-entry.ts";

/** What a call must have to be asked. */
export interface PromptedCall extends Pick<Call, "clock" | "digits" | "ended"> {
  readonly playback: Pick<Call["playback"], "say">;
}

/** The caller ran out of tries; to be told so. */
export interface TriesExhausted {
  readonly kind: "gave-up";
  readonly words: readonly Phrase[];
}

/**
 * Asks until `judge` takes what was typed or the tries are over. Rejects with CallEnded when the call ends first.
 * `onTyped` is told what has been typed before it is complete, and "" when it is thrown away.
 */
export async function askFor<Outcome>(
  call: PromptedCall,
  question: Question,
  judge: (typed: string) => Promise<Outcome | "wrong">,
  onTyped?: (typed: string) => void,
): Promise<Outcome | TriesExhausted> {
  if (call.ended.aborted) throw new CallEndedError();
  const { promise, resolve, reject } = Promise.withResolvers<Outcome | TriesExhausted>();
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
  gaveUp(outcome: TriesExhausted): void;
  failed(error: unknown): void;
}

class NumberDialogue {
  readonly #call: PromptedCall;
  readonly #question: Question;
  readonly #owner: DialogueOwner;
  readonly #onEnded: () => void;
  /** Undefined while a number is checked: keys pressed in the meantime wait for the next question. */
  #unlisten: Unsubscribe | undefined;
  #entry: NumberEntry;
  #timer: Timer | undefined;
  #closed = false;
  /** Which prompt is the present one. */
  #prompts = 0;

  constructor(call: PromptedCall, question: Question, owner: DialogueOwner) {
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
