export { type CreatedLeg, type CreateLegOptions, createLeg } from "./leg.ts";
export type { MediaWorkersOptions, ProcessHandle, WorkerHost, WorkerLimits } from "./options.ts";
export * from "./types.ts";
export { startMediaWorkers } from "./workers.ts";
