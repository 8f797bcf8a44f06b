// Prompts: packs, decoding, and playing them into a leg or a room.
export { PromptPlayer, type PromptPlayerOptions } from "./factory.ts";
export { isPromptName } from "./pack.ts";
export type { Playback, PlaybackFactory, PlaybackOptions } from "./playback.ts";
