// Waiting for a room that has not begun: the caller hears why, then music, until admission may have changed. A host can
// also enter from here, with the host key and the PIN.
import type { Unsubscribe } from "#common";
import type { Call } from "./call.ts";
import { CodeCollector } from "./code-collector.ts";
import { type Introduced, introduce, type NameClips } from "./introduction.ts";
import { codesOf, type KeyPlan } from "./keys.ts";
import { askForPin, joinAsHost, type PinOutcome } from "./pin-dialogue.ts";

type Waiting = Extract<Introduced, { kind: "wait" }>;
type Outcome = Exclude<Introduced, { kind: "wait" }>;

export interface WaitingOptions {
  readonly keys: KeyPlan;
  readonly names?: NameClips | undefined;
}

const wordsMs = 30_000;
/** Limit of the wait. */
const maxMs = 2 * 60 * 60_000;
const inVain = { status: 480, text: "The conference did not begin", code: "ROOM_NOT_BEGUN" } as const;

/** Resolves with the outcome. Rejects with CallEndedError when the call ends first. */
export async function waitForAdmission(
  call: Call,
  first: Waiting,
  { keys, names }: WaitingOptions,
): Promise<Outcome> {
  call.become("waiting");
  call.log.info({ room: call.participant.room.record.id, for: first.reason }, "waits for the room");
  const since = call.clock.monotonic();
  const { enablePrompt } = call.participant.room.record;
  let waiting: Waiting = first;
  let announced: Waiting["reason"] | undefined;
  using hostKey = hostKeyOf(call, keys);
  for (;;) {
    const changed = call.participant.admissionChange();
    if (announced !== waiting.reason && enablePrompt) {
      announced = waiting.reason;
      void call.say([waiting.words], wordsMs).catch(() => {});
      call.playback.music = true;
    }
    const left = maxMs - (call.clock.monotonic() - since);
    const event = left <= 0 ? undefined : await call.wait(Promise.race([changed, hostKey.pressed()]), left);
    hostKey.stopListening();
    if (event === undefined && call.clock.monotonic() - since >= maxMs) {
      return { kind: "refuse", refusal: inVain };
    }
    const outcome = await again(call, event === "host key", names);
    if (outcome.kind !== "wait") {
      call.playback.music = false;
      call.become("entering");
      return outcome;
    }
    waiting = outcome;
  }
}

/** Asks admission again. `asHost`: the caller wants to enter as a host; without a host's PIN they continue to wait. */
async function again(call: Call, asHost: boolean, names: NameClips | undefined): Promise<Introduced> {
  const atOnce = (asHost ? await enterAsHost(call) : undefined) ?? (await call.participant.join(call.leg));
  if (atOnce.kind === "ask" || atOnce.kind === "introduce") call.playback.music = false;
  const known = atOnce.kind === "ask" ? await askForPin(call, atOnce.pins) : atOnce;
  const outcome = await introduce(call, known, names);
  if (outcome.kind === "wait") call.playback.music = call.participant.room.record.enablePrompt;
  return outcome;
}

/** Undefined, after an announcement, when the PIN is not a host's. */
async function enterAsHost(call: Call): Promise<PinOutcome | undefined> {
  call.playback.music = false;
  const outcome = await joinAsHost(call);
  if (outcome.kind !== "no host") return outcome;
  if (call.participant.room.record.enablePrompt) await call.say(outcome.words, wordsMs);
  return undefined;
}

interface HostKey extends Disposable {
  /** Resolves on the next press from now on, until `stopListening`. */
  pressed(): Promise<"host key">;
  stopListening(): void;
}

/** The only code for a caller who waits; any other one is answered with an error tone. */
function hostKeyOf(call: Call, { host }: KeyPlan): HostKey {
  const collector = new CodeCollector(call.clock, codesOf({ ...noKeys, host }));
  let unlisten: Unsubscribe | undefined;
  const stopListening = (): void => {
    unlisten?.();
    unlisten = undefined;
  };
  return {
    pressed() {
      const { promise, resolve } = Promise.withResolvers<"host key">();
      unlisten = call.digits.listen((digit) => {
        const { outcome } = collector.press(digit);
        if (outcome === "host") {
          stopListening();
          resolve("host key");
        } else if (outcome === "unknown" && call.participant.room.record.enablePrompt) {
          void call.say(["error"], wordsMs).catch(() => {});
        }
      });
      return promise;
    },
    stopListening,
    [Symbol.dispose]: stopListening,
  };
}

const noKeys: KeyPlan = {
  ...{ help: "", count: "", hand: "", quieter: "", louder: "", mute: "", host: "" },
  ...{ mute_others: "", lock: "", record: "", dial: "", end: "" },
};
