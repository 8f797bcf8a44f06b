// Public interface of the state that outlives the process.
export { LiveState, type LiveStateOptions } from "./live-state.ts";
