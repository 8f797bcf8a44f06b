// Waiting for an owner's decision, but not for ever.
import { type Clock, delay } from "#common";

/** What `promise` resolves with; undefined when that takes longer. Rejects as it does. */
export async function withinLimit<T>(
  clock: Clock,
  promise: Promise<T>,
  limitMs: number,
): Promise<T | undefined> {
  const decided = new AbortController();
  const limit = delay(clock, limitMs, decided.signal).then(
    () => undefined,
    () => undefined,
  );
  try {
    return await Promise.race([promise, limit]);
  } finally {
    decided.abort();
  }
}
