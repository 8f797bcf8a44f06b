// A clock for work that shares the thread with the ticks and may wait a little: its timers do not fire around the instants at
// which a tick is due, so that the tick does not wait for what they do.
//
//   tick        |←2→|            |←2→| tick |←2→|
//   timers          |  as asked  |  ──────────→ |
import type { Clock } from "#common";

/**
 * Milliseconds on both sides of a tick that is due. Timers of the event loop are exact to one; before a tick the work has to be
 * done, after it the tick itself must have begun.
 */
const clearMs = 2;

export interface TickGrid {
  readonly tickMs: number;
  /** When the next tick is due, monotonic milliseconds; undefined while none is. */
  readonly nextAt: number | undefined;
}

/** A timer that would fire too close to a tick fires after it. */
export function betweenTicks(clock: Clock, grid: TickGrid): Clock {
  return {
    now: () => clock.now(),
    monotonic: () => clock.monotonic(),
    after: (delayMs, callback) => clock.after(delayMs + waitAt(clock.monotonic() + delayMs, grid), callback),
  };
}

/** How much later than `at` the nearest instant is that is clear of ticks. */
function waitAt(at: number, { tickMs, nextAt }: TickGrid): number {
  if (nextAt === undefined) return 0;
  const sinceTick = (((at - nextAt) % tickMs) + tickMs) % tickMs;
  if (sinceTick < clearMs) return clearMs - sinceTick;
  return sinceTick > tickMs - clearMs ? tickMs + clearMs - sinceTick : 0;
}
