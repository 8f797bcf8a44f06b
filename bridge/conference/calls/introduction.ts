// Asks a caller to say their name on the way into a room that announces names: the question, a beep, and a recording
// until silence, `#`, or the time limit. No caller is asked twice; a caller who says nothing joins without a
// name.
import type { Introduction, SpokenName } from "#conference/rooms";
import type { Call } from "./call.ts";
import type { PinOutcome } from "./pin-dialogue.ts";

/** Where names are written. */
export interface NameClips {
  next(): Pick<SpokenName, "clip" | "discard">;
  /** One of the previous process. */
  again(clip: string): Pick<SpokenName, "clip" | "discard">;
}

export type Introduced = Exclude<PinOutcome, Introduction>;

const questionMs = 15_000;
const beepMs = 3000;
/** A key within this time of the question belongs to the number that was typed before it. */
const strayKeyMs = 1500;
const bounds = { patienceMs: 4000, silenceMs: 600, maxMs: 5000 } as const;
/** The longest recording, and some time to write it. */
const captureMs = bounds.patienceMs + bounds.maxMs + 3000;

/** The verdict, after asking for a name where it requires one. `places`: undefined: no caller is asked. */
export async function introduce(
  call: Call,
  outcome: PinOutcome,
  places: NameClips | undefined,
): Promise<Introduced> {
  if (outcome.kind !== "introduce") return outcome;
  const name = places && (await askForName(call, places));
  return call.participant.joinAs(call.leg, name);
}

async function askForName(call: Call, places: NameClips): Promise<SpokenName | undefined> {
  call.playback.music = false;
  // Keys typed before are no answer to this question.
  call.digits.forgetTypedAhead();
  if (await isCutAtOnce(call)) await call.say(["ask name"], questionMs);
  await call.say(["now say it"], beepMs);
  const stopListening = call.digits.events.on("pressed", ({ digit }) => {
    if (digit === "#") call.leg.finishCapture().catch(() => {});
  });
  const said = record(call, places);
  let name: SpokenName | undefined;
  try {
    name = await call.wait(said, captureMs);
    return name;
  } finally {
    stopListening();
    if (!name) void said.then((late) => late?.discard());
  }
}

/** Asks; true when a key that belongs to something earlier has cut the question short. */
async function isCutAtOnce(call: Call): Promise<boolean> {
  const asked = call.clock.monotonic();
  let pressed = false;
  const stopListening = call.digits.events.on("pressed", () => {
    pressed = true;
  });
  try {
    await call.say(["ask name"], questionMs);
    return pressed && call.clock.monotonic() - asked < strayKeyMs;
  } finally {
    stopListening();
  }
}

/** Leaves no file behind when there is no name. Never rejects. */
async function record({ leg, log }: Call, places: NameClips): Promise<SpokenName | undefined> {
  const place = places.next();
  const { outcome, durationMs } = await leg.capture({ clip: place.clip, ...bounds });
  if (outcome === "captured") return { ...place, durationMs };
  place.discard();
  if (outcome === "failed") log.warn("the caller's name was not recorded");
  return undefined;
}
