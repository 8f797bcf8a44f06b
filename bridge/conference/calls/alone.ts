// A participant who is left alone in a room hears music or silence until another one joins. The room itself tells them that
// they are alone (`rooms/live/room`); for a participant who enters an empty room `greeting.ts` does.
import type { Call } from "./call.ts";
import type { GreetingOptions } from "./greeting.ts";

/** Plays and stops music as the call's participant becomes alone or not. */
export function announceAlone(call: Call, { musicWhenAlone }: Pick<GreetingOptions, "musicWhenAlone">): void {
  call.onAloneChanged = (alone) => {
    if (!alone) call.playback.music = false;
    // When all are sent away at once, the last one is alone for an instant.
    else if (musicWhenAlone) queueMicrotask(() => playMusic(call));
  };
}

function playMusic(call: Call): void {
  // The call is ending, or being moved to another room.
  if (call.state !== "talking" || call.participant.state !== "joined") return;
  const { present, record } = call.participant.room;
  if (present === 1) call.playback.music = record.enablePrompt;
}
