// The calls' door.

export type { CallEvent, CallsEvents } from "./call-events.ts";
export {
  type Calls,
  type CallsOptions,
  createCalls,
  type PlacedCall,
  type PlaceOptions,
} from "./calls.ts";
export type { HostDialler } from "./dial-by-keys.ts";
export type { InboundOptions, LegRequest } from "./inbound.ts";
export { defaultKeyPlan, type KeyAction, type KeyPlan, keyActions } from "./keys.ts";
export type { Way } from "./outgoing-line.ts";
export { type ConferencePackageOptions, createConferencePackage } from "./roster/package.ts";
