// Waiting at the door of a room that has not begun: told why, then music, until the room says that its door may be
// open. A host's PIN, after the key for it, opens the door from here too.
import type { Call } from "./call.ts";
import { type Introduced, introduce, type NamePlaces } from "./introduction.ts";
import { betweenKeysMs, codesOf, type KeyPlan, pressKey } from "./keys.ts";
import { askForPin, hostPins } from "./pin-dialogue.ts";

type Waiting = Extract<Introduced, { kind: "wait" }>;
type Outcome = Exclude<Introduced, { kind: "wait" }>;

export interface WaitingOptions {
  readonly keys: KeyPlan;
  readonly names?: NamePlaces | undefined;
}

const wordsMs = 30_000;
/** Nobody waits longer. */
const longestMs = 2 * 60 * 60_000;
const inVain = { status: 480, text: "The conference did not begin" } as const;

/** Resolves with what became of it. Rejects with CallEnded when the call ends first. */
export async function waitAtDoor(
  call: Call,
  first: Waiting,
  { keys, names }: WaitingOptions,
): Promise<Outcome> {
  call.become("waiting");
  call.log.info({ room: call.visit.room.id, for: first.reason }, "waits at the door");
  const since = call.clock.monotonic();
  const { enablePrompt } = call.visit.room;
  let waiting: Waiting = first;
  let told: Waiting["reason"] | undefined;
  using hostKey = new HostKey(call, keys);
  for (;;) {
    const changed = call.visit.doorChange();
    if (told !== waiting.reason && enablePrompt) {
      told = waiting.reason;
      void call.say([waiting.words], wordsMs).catch(() => {});
      call.earpiece.music = true;
    }
    const left = longestMs - (call.clock.monotonic() - since);
    const event = left <= 0 ? undefined : await call.wait(Promise.race([changed, hostKey.pressed()]), left);
    if (event === undefined && call.clock.monotonic() - since >= longestMs) {
      return { kind: "refuse", refusal: inVain };
    }
    const outcome = await again(call, event === "host key", names);
    if (outcome.kind !== "wait") {
      call.earpiece.music = false;
      call.become("entering");
      return outcome;
    }
    waiting = outcome;
  }
}

/** What the door says now. */
async function again(call: Call, withPin: boolean, names: NamePlaces | undefined): Promise<Introduced> {
  const atOnce = withPin ? undefined : await call.visit.enter(call.leg);
  if (atOnce && atOnce.kind !== "ask" && atOnce.kind !== "introduce") return atOnce;
  call.earpiece.music = false;
  const pins = atOnce?.kind === "ask" ? atOnce.pins : hostPins(call.visit.room);
  const known = atOnce?.kind === "introduce" ? atOnce : await askForPin(call, pins);
  const outcome = await introduce(call, known, names);
  if (outcome.kind === "wait") call.earpiece.music = call.visit.room.enablePrompt;
  return outcome;
}

/** Looks for the one code that means something here. */
class HostKey implements Disposable {
  readonly #stop: () => void;
  #typed = "";
  #typedAt = 0;
  #pressed = Promise.withResolvers<"host key">();

  constructor(call: Call, { host }: KeyPlan) {
    const codes = new Map([...codesOf({ ...noKeys, host })]);
    this.#stop = call.digits.events.on("pressed", ({ digit }) => {
      const now = call.clock.monotonic();
      const typed = now - this.#typedAt < betweenKeysMs ? this.#typed : "";
      const press = pressKey(typed, digit, codes);
      this.#typed = press.typed;
      this.#typedAt = now;
      if (press.outcome === "host") this.#pressed.resolve("host key");
    });
  }

  /** The next press from now on. */
  pressed(): Promise<"host key"> {
    this.#pressed = Promise.withResolvers();
    return this.#pressed.promise;
  }

  [Symbol.dispose](): void {
    this.#stop();
  }
}

const noKeys: KeyPlan = {
  ...{ help: "", count: "", hand: "", quieter: "", louder: "", mute: "", host: "" },
  ...{ mute_others: "", lock: "", record: "", dial: "", end: "" },
};
