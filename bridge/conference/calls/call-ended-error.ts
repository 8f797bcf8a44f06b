// The error by which the waits of a call end when the call ends.
import type { Clock } from "#common";

/** Thrown by every wait once the call has ended: it only unwinds the stack. */
export class CallEndedError extends Error {
  constructor() {
    super("the call has ended");
    this.name = "CallEnded";
  }
}

export interface WaitLimits {
  readonly clock: Clock;
  readonly limitMs: number;
  /** Aborted when the call has ended. */
  readonly ended: AbortSignal;
}

/** Waits for `promise`, at most `limitMs`, then resolves with undefined. Rejects with CallEndedError when the call ends first. */
export function waitFor<T>(
  promise: Promise<T>,
  { clock, limitMs, ended }: WaitLimits,
): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const settle = (finish: () => void) => {
      timer.cancel();
      ended.removeEventListener("abort", onEnded);
      finish();
    };
    const timer = clock.after(limitMs, () => settle(() => resolve(undefined)));
    const onEnded = () => settle(() => reject(new CallEndedError()));
    ended.addEventListener("abort", onEnded);
    promise.then(
      (value) => settle(() => resolve(value)),
      (error) => settle(() => reject(error)),
    );
    if (ended.aborted) onEnded();
  });
}
