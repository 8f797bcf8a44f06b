// What happened of late, counted by the minute: short enough to be stored at each step, however much it was, and read again by
// the next process. A minute counts as its last instant, so that a limit an hour errs on the safe side.
import type { Clock } from "./clock.ts";

export interface MinuteCount {
  /** The last instant of that minute at which it happened, milliseconds since the Unix epoch. */
  readonly at: number;
  readonly count: number;
}

const minuteMs = 60_000;

/** `times`: monotonic milliseconds, oldest first. */
export function countByMinute(times: readonly number[], clock: Clock): readonly MinuteCount[] {
  const epoch = clock.now() - clock.monotonic();
  const minutes = new Map<number, MinuteCount>();
  for (const time of times) {
    const at = Math.round(epoch + time);
    const minute = Math.floor(at / minuteMs);
    minutes.set(minute, { at, count: (minutes.get(minute)?.count ?? 0) + 1 });
  }
  return [...minutes.values()];
}

/** The monotonic times again. None is later than now, though the clock was set back in the meantime. */
export function timesOfCounts(counts: readonly MinuteCount[], clock: Clock): number[] {
  const [now, monotonic] = [clock.now(), clock.monotonic()];
  return counts.flatMap(({ at, count }) => new Array<number>(count).fill(monotonic - Math.max(0, now - at)));
}
