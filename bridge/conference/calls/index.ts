// What other folders may import of calls.

export type { CallEventData, CallsEvents } from "./call-events.ts";
export {
  type Calls,
  type CallsOptions,
  createCalls,
  type PlaceOptions,
} from "./calls.ts";
export type { HostDialer } from "./dial-by-keys.ts";
export { EarlyAnswer } from "./early-answer.ts";
export type { CredentialTerms, InboundOptions, SrtpTerms } from "./inbound.ts";
export { defaultKeyPlan, type KeyAction, type KeyPlan, keyActions } from "./keys.ts";
export type { LegRequest } from "./leg-request.ts";
export type { DialTarget, PlacedCall, SrtpSetting } from "./outgoing-line.ts";
export type { ResumableCall } from "./resumable-call.ts";
export { type ConferencePackageOptions, createConferencePackage } from "./roster/package.ts";
