// Bounded waits of the test phone: every promise a test awaits fails with a sentence instead of hanging.

export const patienceMs = 20_000;

/** `promise`, or a failure that says what did not happen. */
export function within<T>(promise: Promise<T>, limitMs: number, what: () => string): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no ${what()} within ${limitMs} ms`)), limitMs);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

/** Calls `look` until it answers something, every `everyMs`, for at most `limitMs`. For what cannot be subscribed to. */
export async function eventually<T>(
  look: () => Promise<T | undefined> | T | undefined,
  what: () => string,
  { limitMs = patienceMs, everyMs = 50 } = {},
): Promise<T> {
  const until = performance.now() + limitMs;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (performance.now() > until) throw new Error(`no ${what()} within ${limitMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}
