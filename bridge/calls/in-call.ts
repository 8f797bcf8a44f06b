// What a participant's keys do: collects codes with keys.ts and carries them out. Answers are for the presser's
// ears alone.
import { errorCode, type Timer } from "#common";
import type { PlayItem } from "#media/protocol";
import type { Call } from "./call.ts";
import { betweenKeysMs, defaultKeyCodes, type KeyAction, type KeyCodes, pressKey } from "./keys.ts";
import { errorTone, prompt, sayPresent } from "./prompts.ts";

const answerMs = 15_000;

/** Listens to the call's keys until it ends. */
export function followKeys(call: Call, codes: KeyCodes = defaultKeyCodes): void {
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
    typed = press.typed;
    if (typed !== "") timer = call.clock.after(betweenKeysMs, forget);
    if (press.outcome !== undefined) void obey(call, press.outcome);
  });
}

async function obey(call: Call, action: KeyAction | "unknown"): Promise<void> {
  let answer: PlayItem[];
  try {
    answer = await carriedOut(call, action);
  } catch (error) {
    call.log.warn({ action, code: errorCode(error) }, "a key's command failed");
    answer = [errorTone];
  }
  if (call.state !== "talking" || !call.visit.room.enablePrompt) return;
  await call.say(answer, answerMs).catch(() => {});
}

/** Does it, and returns what to say about it. */
async function carriedOut(call: Call, action: KeyAction | "unknown"): Promise<PlayItem[]> {
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
    case "unknown":
      return [errorTone];
  }
}
