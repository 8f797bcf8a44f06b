// From packets to 20 ms of audio a tick: jitter buffer, playout delay, concealment, time stretching.
export { Concealer, concealHistoryMs } from "./conceal.ts";
export { JitterBuffer, type JitterBufferOptions, type Pulled } from "./jitter-buffer.ts";
export { maxDelayMs } from "./playout-delay.ts";
export { Playout } from "./playout.ts";
export { Stretcher } from "./stretch.ts";
