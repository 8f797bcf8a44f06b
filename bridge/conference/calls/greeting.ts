// What a participant who has just joined hears alone, after an entry as after a move: the welcome, that the room is
// recorded, and that no other participant is there.

import type { RoomId } from "#common";
import type { Sentence } from "#conference/speech";
import type { Call } from "./call.ts";

export interface GreetingOptions {
  /** The welcome clip of a room; undefined: it has none. */
  readonly welcomeOf?: ((room: RoomId) => string | undefined) | undefined;
  /** Music for a participant who is alone in a room; silence otherwise. */
  readonly musicWhenAlone: boolean;
}

export interface Greeting extends GreetingOptions {
  readonly alone: boolean;
}

/** Limit of a welcome, a refusal or a farewell. */
export const announcementLimitMs = 90_000;

/** The room's own welcome. */
export function roomWelcome({ participant }: Call, { welcomeOf }: GreetingOptions): readonly Sentence[] {
  const clip = welcomeOf?.(participant.room.record.id);
  return clip === undefined ? [] : [{ kind: "clip", clip }];
}

/** `first` is played before everything else. Resolves when all was heard. */
export async function greet(
  call: Call,
  first: readonly Sentence[],
  { alone, musicWhenAlone }: Greeting,
): Promise<void> {
  const { room } = call.participant;
  const { record } = room;
  call.playback.music = record.enablePrompt && alone && musicWhenAlone;
  const recorded = await room.isRecorded();
  // Every recording is announced, in a room without prompts too.
  if (!record.enablePrompt) return recorded ? call.say(["recorded"], announcementLimitMs) : undefined;
  await call.say(
    [...first, ...(recorded ? (["recording"] as const) : []), ...(alone ? (["alone"] as const) : [])],
    announcementLimitMs,
  );
}
