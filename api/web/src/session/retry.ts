// When a lost connection is tried again. Pure but for the random number it is given.

const firstMs = 500;
const maxMs = 8_000;
/** After so long the page stops trying and says so. */
export const giveUpMs = 180_000;

/** Milliseconds until try number `attempt` (0, 1, …); undefined: no more tries. `random`: 0 to 1, so that not all browsers of a meeting return in one instant. */
export function retryDelay(attempt: number, elapsedMs: number, random: number): number | undefined {
  if (elapsedMs >= giveUpMs) return undefined;
  const ceiling = Math.min(maxMs, firstMs * 2 ** Math.min(attempt, 10));
  return Math.round(ceiling * (0.5 + random / 2));
}
