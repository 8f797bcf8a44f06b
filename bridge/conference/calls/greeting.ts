// What somebody hears alone who has just come into a room, whichever way: its welcome, that it is recorded, and that
// nobody else is there.

import type { RoomId } from "#common";
import type { Sentence } from "#conference/speech";
import type { Call } from "./call.ts";

export interface GreetingOptions {
  /** The clip that a room welcomes with; undefined: it has none. */
  readonly welcomeOf?: ((room: RoomId) => string | undefined) | undefined;
  /** Music for whoever is alone in a room; silence otherwise. */
  readonly musicWhenAlone: boolean;
}

export interface Greeting extends GreetingOptions {
  readonly alone: boolean;
}

/** A welcome, a refusal or a farewell is heard out, but not for ever. */
export const wordsMs = 90_000;

/** The room's own welcome. */
export function ownWelcome({ participant }: Call, { welcomeOf }: GreetingOptions): readonly Sentence[] {
  const clip = welcomeOf?.(participant.room.record.id);
  return clip === undefined ? [] : [{ kind: "clip", clip }];
}

/** `first` comes before everything else. Resolves when it was heard. */
export async function greet(
  call: Call,
  first: readonly Sentence[],
  { alone, musicWhenAlone }: Greeting,
): Promise<void> {
  const { record, recorded } = call.participant.room;
  call.playback.music = record.enablePrompt && alone && musicWhenAlone;
  // Nobody is recorded without a sign of it, not even in a room that does not speak.
  if (!record.enablePrompt) return recorded ? call.say(["recorded"], wordsMs) : undefined;
  await call.say(
    [...first, ...(recorded ? (["recording"] as const) : []), ...(alone ? (["alone"] as const) : [])],
    wordsMs,
  );
}
