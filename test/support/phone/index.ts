// The test phone's door.
export { Call, type CallOptions, type CallState, type Ended, type Rejected } from "./call.ts";
export type { Direction } from "./description.ts";
export { decodeG711, encodeG711, type Law } from "./g711.ts";
export type { Impairment } from "./media.ts";
export { headerOf, type Message, type Reason } from "./message.ts";
export { Phone } from "./phone.ts";
export { eventually, patienceMs, within } from "./waiting.ts";
export type { Address } from "./wire.ts";
