// Public interface of the audio clock: due ticks, and the loop that runs them.
export { DueTicks, type DueTicksOptions } from "./due-ticks.ts";
export { type GcFigures, GcWatch } from "./gc-watch.ts";
export { Histogram, type Percentiles } from "./histogram.ts";
export {
  goRealTime,
  type Precedence,
  RealTime,
  type RealTimeOptions,
  type ThreadScheduler,
} from "./real-time.ts";
export { sleepThread } from "./sleep.ts";
export { Ticker, type TickerOptions } from "./ticker.ts";
