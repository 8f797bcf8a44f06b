// The test phone's door: the telephone itself, and the parts from which the benchmark builds its own.
export { Call, type CallOptions, type CallState, type Ended, type Rejected } from "./call.ts";
export { type Carrier, connectTls, openWebSocket } from "./carrier.ts";
export { type Direction, readDescription, writeDescription } from "./description.ts";
export { Dialog, newBranch } from "./dialog.ts";
export type { Credentials } from "./digest.ts";
export { decodeG711, encodeG711, type Law } from "./g711.ts";
export type { Impairment } from "./media.ts";
export { cseqOf, headerOf, type Message, type Reason, respondTo } from "./message.ts";
export { Phone, type PhoneOptions } from "./phone.ts";
export type { MediaSection, VideoPart } from "./video-part.ts";
export { eventually, patienceMs, within } from "./waiting.ts";
export { type Address, token, Wire } from "./wire.ts";
