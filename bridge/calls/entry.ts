// From an answered call into its room: straight in or through the PIN dialogue, then the welcome; or out again
// with the words that say why.
import type { Call } from "./call.ts";
import { followKeys } from "./in-call.ts";
import { askForPin } from "./pin-dialogue.ts";
import { prompt } from "./prompts.ts";

const transferred = { status: 200, text: "Transferred" };
const wrongPin = { status: 403, text: "Wrong PIN" };
/** A welcome, a refusal or a farewell is heard out, but not for ever. */
const wordsMs = 15_000;

/** Resolves when the caller is inside and was welcomed, or was sent away. */
export async function enterRoom(call: Call): Promise<void> {
  call.become("entering");
  const atOnce = await call.visit.enter(call.leg);
  // Whoever handed over has nothing more to do here: their place is taken, or the PIN is asked of the new caller.
  if (atOnce.kind !== "refuse") void call.predecessor?.end(transferred);
  const outcome = atOnce.kind === "ask" ? await askForPin(call, atOnce.pins) : atOnce;
  const speaks = call.visit.room.enablePrompt;
  switch (outcome.kind) {
    case "entered":
      call.become("talking");
      call.log.info(
        { room: call.visit.room.id, participant: call.visit.id, role: outcome.role },
        "entered the room",
      );
      followKeys(call);
      if (outcome.alone && speaks) await call.say([prompt("conf-onlyperson")], wordsMs);
      return;
    case "refuse": {
      const { status, text, prompt: name } = outcome.refusal;
      if (name !== undefined && speaks) await call.say([prompt(name)], wordsMs);
      await call.end({ status, text });
      return;
    }
    case "gave-up":
      await call.say(outcome.prompts.map(prompt), wordsMs);
      await call.end(wrongPin);
      return;
  }
}
