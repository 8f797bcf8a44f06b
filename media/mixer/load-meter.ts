// Measures the load of this worker, once a second: late ticks, the processor time of its mixing thread and of its video process,
// and the load of the whole machine. The control process decides on admission by it, media/video/canvas on the quality of pictures.
import { BusyShare, type BusyTimes, type Clock, readProcessors } from "#common";
import type { Ticker } from "../clock/index.ts";
import { latenessBoundsMs, type WorkerLoad } from "../protocol.ts";

export interface LoadMeterOptions {
  readonly clock: Clock;
  readonly ticker: Pick<Ticker, "ticks" | "skipped" | "lateBuckets">;
  /** Processor time of the video process since it began, milliseconds; 0 while there is none. */
  readonly videoMs: () => number;
  /** Processor time of this thread, milliseconds. */
  readonly threadMs?: () => number;
  readonly machine?: () => BusyTimes;
}

/** A tick that begins later than this is late: half of the time to the next one. */
const lateAboveMs = 10;
const firstLateBucket = latenessBoundsMs.indexOf(lateAboveMs) + 1;

export class LoadMeter {
  readonly #late: BusyShare;
  readonly #mixer: BusyShare;
  readonly #video: BusyShare;
  readonly #machine: BusyShare;

  constructor({ clock, ticker, videoMs, threadMs = threadTime, machine = readProcessors }: LoadMeterOptions) {
    this.#late = new BusyShare(() => {
      const late = ticker.lateBuckets.reduce((sum, count, i) => (i < firstLateBucket ? sum : sum + count), 0);
      return { busy: late + ticker.skipped, total: ticker.ticks + ticker.skipped };
    });
    this.#mixer = new BusyShare(() => ({ busy: threadMs(), total: clock.monotonic() }));
    this.#video = new BusyShare(() => ({ busy: videoMs(), total: clock.monotonic() }));
    this.#machine = new BusyShare(machine);
  }

  /** The load since the last call. */
  take(): WorkerLoad {
    return {
      lateTicks: this.#late.take(),
      mixerCpu: this.#mixer.take(),
      videoCpu: this.#video.take(),
      machineCpu: this.#machine.take(),
    };
  }
}

function threadTime(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}
