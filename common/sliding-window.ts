// How often something has happened within the time that ends now, such as the last hour. The next process goes on counting: what
// is kept for it is short, however much it was, because it is counted by the minute. A minute counts as its last instant,
// so that a limit errs on the safe side.
import type { Clock } from "./clock.ts";

export interface MinuteCount {
  /** The last instant of that minute at which it happened, milliseconds since the Unix epoch. */
  readonly at: number;
  readonly count: number;
}

const minuteMs = 60_000;

export class SlidingWindow {
  readonly #clock: Clock;
  readonly #windowMs: number;
  /** When it happened, oldest first; monotonic milliseconds. */
  readonly #times: number[];

  /** `before`: what the previous process has kept. */
  constructor(clock: Clock, windowMs: number, before: readonly MinuteCount[] = []) {
    this.#clock = clock;
    this.#windowMs = windowMs;
    this.#times = timesOf(before, clock);
  }

  /** It happens now. */
  add(): void {
    this.#times.push(this.#clock.monotonic());
  }

  get count(): number {
    this.#forget();
    return this.#times.length;
  }

  /** How long until the oldest is forgotten, where there are as many as `limit`; 0: there are fewer. Milliseconds. */
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

/** None is later than now, though the clock was set back meanwhile. */
function timesOf(counts: readonly MinuteCount[], clock: Clock): number[] {
  const [now, monotonic] = [clock.now(), clock.monotonic()];
  return counts.flatMap(({ at, count }) => new Array<number>(count).fill(monotonic - Math.max(0, now - at)));
}
