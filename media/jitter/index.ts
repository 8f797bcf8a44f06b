// From packets to 20 ms of audio a tick: jitter buffer, playout delay, concealment, time stretching.
export { Concealer } from "./conceal.ts";
export {
  JitterBuffer,
  type JitterBufferOptions,
  type PullOutcome,
  type SteadyPacket,
  type SteadyStream,
} from "./jitter-buffer.ts";
export { maxPayloadBytes } from "./packet-ring.ts";
export { Playout } from "./playout.ts";
export { maxDelayMs } from "./playout-delay.ts";
export { Stretcher } from "./stretch.ts";
