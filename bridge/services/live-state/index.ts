// Public interface of what outlives the process.
export { LiveState, type LiveStateOptions } from "./live-state.ts";
