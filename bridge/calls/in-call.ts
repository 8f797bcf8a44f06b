// What a participant's keys do: collects codes with keys.ts and carries them out. Answers are for the presser's
// ears alone.
import { errorCode, type Timer } from "#common";
import type { PlayItem } from "#media/protocol";
import type { Call } from "./call.ts";
import { betweenKeysMs, defaultKeyCodes, type KeyAction, type KeyCodes, pressKey } from "./keys.ts";
import { attentionTone, errorTone, prompt, sayPresent } from "./prompts.ts";
import { nextVolume, type VolumeAction } from "./volume-keys.ts";

const answerMs = 15_000;

/** Listens to the call's keys until it ends. */
export function followKeys(call: Call, codes: KeyCodes = defaultKeyCodes): void {
  const own: Own = { listenDb: 0 };
  let typed = "";
  let timer: Timer | undefined;
  const forget = () => {
    timer?.cancel();
    typed = "";
  };
  call.ended.addEventListener("abort", forget);
  call.digits.events.on("pressed", ({ digit }) => {
    timer?.cancel();
    const press = pressKey(typed, digit, codes);
    if (typed === "" && digit !== "*") call.visit.keyPressed(digit);
    typed = press.typed;
    if (typed !== "") timer = call.clock.after(betweenKeysMs, forget);
    if (press.outcome !== undefined) void obey(call, press.outcome, own);
  });
}

/** What the keys of this call have set. */
interface Own {
  listenDb: number;
}

async function obey(call: Call, action: KeyAction | "unknown", own: Own): Promise<void> {
  let answer: PlayItem[];
  try {
    answer = await carriedOut(call, action, own);
  } catch (error) {
    call.log.warn({ action, code: errorCode(error) }, "a key's command failed");
    answer = [errorTone];
  }
  if (call.state !== "talking" || !call.visit.room.enablePrompt) return;
  await call.say(answer, answerMs).catch(() => {});
}

/** Does it, and returns what to say about it. */
async function carriedOut(call: Call, action: KeyAction | "unknown", own: Own): Promise<PlayItem[]> {
  switch (action) {
    case "count":
      return sayPresent(call.visit.present);
    case "mute":
      switch (await call.visit.toggleMute()) {
        case "muted":
          return [prompt("conf-muted")];
        case "unmuted":
          return [prompt("conf-unmuted")];
        case "held":
          return [errorTone, prompt("conf-muted")];
      }
      break;
    case "hand":
      call.visit.toggleHand();
      return [attentionTone];
    case "quieter":
    case "louder":
      return [await setVolume(call, action, own)];
    case "unknown":
      return [errorTone];
  }
}

/** The answer is as loud as everything from now on. */
async function setVolume(call: Call, action: VolumeAction, own: Own): Promise<PlayItem> {
  const listenDb = nextVolume(own.listenDb, action);
  if (listenDb === undefined) return errorTone;
  own.listenDb = listenDb;
  await call.leg.volume({ listenDb });
  return attentionTone;
}
