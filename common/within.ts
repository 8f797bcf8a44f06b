// A promise that is not waited for for ever. What was asked goes on; only the waiting ends.
import type { Clock } from "./clock.ts";

export interface Limit {
  readonly clock: Clock;
  readonly limitMs: number;
}

/** What `promise` resolves with; undefined when that takes longer. Rejects as it does, within the limit. */
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
