// The calls' door.
export { type CallFailure, type Calls, type CallsEvents, type CallsOptions, createCalls } from "./calls.ts";
export type { InboundOptions, LegRequest } from "./inbound.ts";
