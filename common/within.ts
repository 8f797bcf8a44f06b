// Waits for a promise within a time limit. The work behind it is not cancelled.
import type { Clock } from "./clock.ts";

export interface Limit {
  readonly clock: Clock;
  readonly limitMs: number;
}

/** Settles as `promise` does; resolves with undefined when that takes longer than the limit. */
export function within<T>(promise: Promise<T>, { clock, limitMs }: Limit): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const timer = clock.after(limitMs, () => resolve(undefined));
    const settle = (finish: () => void) => {
      timer.cancel();
      finish();
    };
    promise.then(
      (value) => settle(() => resolve(value)),
      (error) => settle(() => reject(error)),
    );
  });
}
