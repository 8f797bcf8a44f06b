// Public interface of the jitter buffer: playout delay, concealment, time stretching, 20 ms of audio a tick.
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
