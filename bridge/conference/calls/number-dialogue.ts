// Asks one caller for a number: runs the machine of number-entry.ts, plays its questions, arms its timer, passes it keys,
// and has the entry checked. Digits are never logged.

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

/** The part of a call that is needed to ask. */
export interface PromptedCall extends Pick<Call, "clock" | "digits" | "ended"> {
  readonly playback: Pick<Call["playback"], "say">;
}

/** The caller has no tries left; `words` say so. */
export interface TriesExhausted {
  readonly kind: "gave-up";
  readonly words: readonly Phrase[];
}

/**
 * Asks until `judge` accepts an entry or the tries are over. Rejects with CallEndedError when the call ends first.
 * `onTyped` gets the incomplete entry, and "" when it is dropped.
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
  /** False: wrong; the caller is asked again. */
  judge(typed: string): Promise<boolean>;
  /** Called with the incomplete entry, or "" when it is dropped. */
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
  /** The number of the current prompt. */
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
    // A prompt that cannot be played counts as heard: the caller may know what to type.
    await this.#call.playback.say(words);
    if (own === this.#prompts) this.#dispatch({ kind: "heard" });
  }

  async #check(typed: string): Promise<void> {
    if (await this.#owner.judge(typed)) return;
    this.#dispatch({ kind: "rejected" });
    if (!this.#closed && this.#entry.phase !== "over") this.#listen();
  }
}
