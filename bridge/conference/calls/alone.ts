// A participant who is left alone in a room hears so, then music or silence; music ends when another one comes. Who enters an empty
// room hears it from `greeting.ts`.
import type { Call } from "./call.ts";
import type { GreetingOptions } from "./greeting.ts";

/** From here on the call follows whether its participant is alone. */
export function followAlone(call: Call, { musicWhenAlone }: Pick<GreetingOptions, "musicWhenAlone">): void {
  call.onAloneChanged = (alone) => {
    if (!alone) call.playback.music = false;
    // When all are sent away at once, the last one is alone for an instant.
    else queueMicrotask(() => tellAlone(call, musicWhenAlone));
  };
}

function tellAlone(call: Call, musicWhenAlone: boolean): void {
  // On the way out, or to another room.
  if (call.state !== "talking" || call.participant.state !== "joined") return;
  const { participant } = call;
  const { present, record } = participant.room;
  if (present !== 1) return;
  participant.hears("alone");
  call.playback.music = record.enablePrompt && musicWhenAlone;
}
