export { type CreatedLeg, type CreateLegOptions, createLeg, resumeLeg, resumeRoom } from "./create-leg.ts";
export type { KeptCheckpoint, KeptLeg, KeptMedia, KeptRoom, KeptWorker } from "./kept.ts";
export type { MediaWorkersOptions, ProcessHandle, WorkerHost, WorkerLimits } from "./options.ts";
export * from "./types.ts";
export { startMediaWorkers } from "./workers.ts";
