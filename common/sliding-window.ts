// Counts events in a sliding window, such as the last hour. The next process continues the count: it is stored as one number a
// minute, so that the record is short. All events of a minute then count as its last one, so that a limit is never exceeded.
import type { Clock } from "./clock.ts";

export interface MinuteCount {
  /** The time of the last event in the minute, milliseconds since the Unix epoch. */
  readonly at: number;
  readonly count: number;
}

const minuteMs = 60_000;

export class SlidingWindow {
  readonly #clock: Clock;
  readonly #windowMs: number;
  /** The times of the events, oldest first; monotonic milliseconds. */
  readonly #times: number[];

  /** `before`: the snapshot of the previous process. */
  constructor(clock: Clock, windowMs: number, before: readonly MinuteCount[] = []) {
    this.#clock = clock;
    this.#windowMs = windowMs;
    this.#times = timesOf(before, clock);
  }

  /** Counts an event now. */
  add(): void {
    this.#times.push(this.#clock.monotonic());
  }

  get count(): number {
    this.#forget();
    return this.#times.length;
  }

  /** Milliseconds until there are fewer events than `limit`; 0: there are fewer now. */
  waitMs(limit: number): number {
    const full = this.count >= limit;
    const [oldest] = this.#times;
    return full && oldest !== undefined ? oldest + this.#windowMs - this.#clock.monotonic() : 0;
  }

  /** For the next process. */
  snapshot(): readonly MinuteCount[] {
    this.#forget();
    return countByMinute(this.#times, this.#clock);
  }

  #forget(): void {
    const since = this.#clock.monotonic() - this.#windowMs;
    const kept = this.#times.findIndex((at) => at > since);
    this.#times.splice(0, kept < 0 ? this.#times.length : kept);
  }
}

function countByMinute(times: readonly number[], clock: Clock): readonly MinuteCount[] {
  const epoch = clock.now() - clock.monotonic();
  const minutes = new Map<number, MinuteCount>();
  for (const time of times) {
    const at = Math.round(epoch + time);
    const minute = Math.floor(at / minuteMs);
    minutes.set(minute, { at, count: (minutes.get(minute)?.count ?? 0) + 1 });
  }
  return [...minutes.values()];
}

/** Monotonic times of the stored counts, never later than now, even if the clock was set back in the meantime. */
function timesOf(counts: readonly MinuteCount[], clock: Clock): number[] {
  const [now, monotonic] = [clock.now(), clock.monotonic()];
  return counts.flatMap(({ at, count }) => new Array<number>(count).fill(monotonic - Math.max(0, now - at)));
}
