// A participant who is left alone in a room hears music or silence until another one comes. That they are alone, the room says
// (`rooms/live/room`), or to those who enter an empty room `greeting.ts`.
import type { Call } from "./call.ts";
import type { GreetingOptions } from "./greeting.ts";

/** From here on the call follows whether its participant is alone. */
export function announceAlone(call: Call, { musicWhenAlone }: Pick<GreetingOptions, "musicWhenAlone">): void {
  call.onAloneChanged = (alone) => {
    if (!alone) call.playback.music = false;
    // When all are sent away at once, the last one is alone for an instant.
    else if (musicWhenAlone) queueMicrotask(() => playMusic(call));
  };
}

function playMusic(call: Call): void {
  // On the way out, or to another room.
  if (call.state !== "talking" || call.participant.state !== "joined") return;
  const { present, record } = call.participant.room;
  if (present === 1) call.playback.music = record.enablePrompt;
}
