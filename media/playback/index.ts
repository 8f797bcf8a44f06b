// Public interface of playback: prompt packs, decoding, and playing into a leg or a room.
export { PromptPlayer, type PromptPlayerOptions } from "./factory.ts";
export { isPromptName } from "./pack.ts";
export type { Playback, PlaybackFactory, PlaybackOptions } from "./playback.ts";
