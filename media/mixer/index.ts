// Public interface of the conference mixer: rooms, their 20 ms tick, and the N−1 mix.
export type { Agreed, LegCheckpoint } from "../leg/index.ts";
export { Engine } from "./engine.ts";
export { Mixer } from "./mixer.ts";
export type { CreateLegOptions, EngineOptions, LegPlayOptions } from "./options.ts";
