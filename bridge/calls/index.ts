// The calls' door.
export {
  type Calls,
  type CallsEvents,
  type CallsOptions,
  type CallTold,
  createCalls,
  type PlacedCall,
  type PlaceOptions,
} from "./calls.ts";
export type { InboundOptions, LegRequest } from "./inbound.ts";
export type { Way } from "./outgoing-line.ts";
