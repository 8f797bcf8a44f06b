export { type CreatedLeg, type CreateLegOptions, createLeg, resumeLeg, resumeRoom } from "./create-leg.ts";
export type { MediaWorkersOptions, ProcessHandle, WorkerHost, WorkerLimits } from "./options.ts";
export type {
  CheckpointSnapshot,
  LegSnapshot,
  MediaStateRecords,
  RoomSnapshot,
  WorkerSnapshot,
} from "./snapshots.ts";
export * from "./types.ts";
export { startMediaWorkers } from "./workers.ts";
