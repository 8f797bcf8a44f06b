// Waiting for an owner's decision, but not for ever.
import type { Clock } from "#common";

/** What `promise` resolves with; undefined when that takes longer. Rejects as it does. */
export function withinLimit<T>(clock: Clock, promise: Promise<T>, limitMs: number): Promise<T | undefined> {
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
