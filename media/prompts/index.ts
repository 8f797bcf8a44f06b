export { PromptPlayer, type PromptPlayerOptions } from "./factory.ts";
export type { Playback, PlaybackFactory, PlaybackOptions } from "./playback.ts";
