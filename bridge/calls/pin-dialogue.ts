// Drives the machine of pin-entry.ts for one call: plays its prompts, arms its timer, feeds it keys, and has the
// room judge what was typed. Digits are never logged.
import { delay, errorCode, type Timer } from "#common";
import { type Call, CallEnded } from "./call.ts";
import { askPin, type PinAction, type PinEntry, type PinEvent, type PinStep, stepPin } from "./pin-entry.ts";
import { prompt } from "./prompts.ts";

type Judged = Awaited<ReturnType<Call["visit"]["enterWithPin"]>>;

/** Inside, refused although the PIN was right, or out of tries: with these last words. */
export type PinOutcome =
  | Exclude<Judged, { readonly kind: "wrong" }>
  | { readonly kind: "gave-up"; readonly prompts: readonly string[] };

/** `pins`: what may be typed. Rejects with CallEnded when the call ends first. */
export async function askForPin(call: Call, pins: readonly string[]): Promise<PinOutcome> {
  if (call.ended.aborted) throw new CallEnded();
  const { promise, resolve, reject } = Promise.withResolvers<PinOutcome>();
  const dialogue = new PinDialogue(call, pins, { resolve, reject });
  try {
    return await promise;
  } finally {
    dialogue.close();
  }
}

interface Ending {
  resolve(outcome: PinOutcome): void;
  reject(error: unknown): void;
}

class PinDialogue {
  readonly #call: Call;
  readonly #pins: readonly string[];
  readonly #ending: Ending;
  readonly #stopListening: () => void;
  #entry: PinEntry;
  #timer: Timer | undefined;
  #closed = false;
  /** Which prompt is the present one. */
  #prompts = 0;

  constructor(call: Call, pins: readonly string[], ending: Ending) {
    this.#call = call;
    this.#pins = pins;
    this.#ending = ending;
    const onEnded = () => ending.reject(new CallEnded());
    call.ended.addEventListener("abort", onEnded);
    const deaf = call.digits.events.on("pressed", ({ digit }) => this.#dispatch({ kind: "key", digit }));
    this.#stopListening = () => {
      call.ended.removeEventListener("abort", onEnded);
      deaf();
    };
    const first = askPin();
    this.#entry = first.entry;
    this.#perform(first);
  }

  close(): void {
    this.#closed = true;
    this.#timer?.cancel();
    this.#stopListening();
  }

  #dispatch(event: PinEvent): void {
    if (this.#closed) return;
    const step = stepPin(this.#entry, event, this.#pins);
    this.#entry = step.entry;
    this.#perform(step);
  }

  #perform({ actions }: PinStep): void {
    for (const action of actions) this.#do(action);
  }

  #do(action: PinAction): void {
    switch (action.kind) {
      case "arm":
        this.#timer?.cancel();
        this.#timer = this.#call.clock.after(action.ms, () => this.#dispatch({ kind: "timeout" }));
        return;
      case "disarm":
        this.#timer?.cancel();
        return;
      case "play":
        void this.#play(action.prompts);
        return;
      case "check":
        this.#check(action.pin).catch((error) => this.#ending.reject(error));
        return;
      case "give-up":
        this.#ending.resolve({ kind: "gave-up", prompts: action.prompts });
        return;
    }
  }

  async #play(names: readonly string[]): Promise<void> {
    this.#prompts += 1;
    const own = this.#prompts;
    const { leg, visit } = this.#call;
    const options = { language: visit.room.language, interruptible: true };
    // What cannot be played counts as heard: the caller may know what to type.
    await leg.play(names.map(prompt), options).catch((error) => {
      this.#call.log.warn({ code: errorCode(error) }, "a prompt was not played");
    });
    if (own === this.#prompts) this.#dispatch({ kind: "heard" });
  }

  async #check(pin: string): Promise<void> {
    const { visit, leg, clock, ended } = this.#call;
    const wait = visit.pinDelayMs;
    if (wait > 0) await delay(clock, wait, ended);
    const judged = await visit.enterWithPin(leg, pin);
    if (judged.kind === "wrong") this.#dispatch({ kind: "rejected" });
    else this.#ending.resolve(judged);
  }
}
