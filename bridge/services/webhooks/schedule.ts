// When a delivery is tried again: after seconds at first, after a day at last, and then no more. Pure.

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;

/** After the first failure, the second … */
const delaysMs = [
  ...[5 * second, 30 * second, 2 * minute, 10 * minute, 30 * minute],
  ...[hour, 3 * hour, 6 * hour, 12 * hour, 24 * hour],
];
const jitter = 0.2;

/** A delivery is tried this often at most. */
export const maxTries = delaysMs.length + 1;
/** The longest wait that a receiver may ask for. */
export const maxWaitMs = 24 * hour;
/** A failing delivery holds up those behind it for this many tries, so that a short outage does not change the order. */
export const blockingTries = 3;

/** How long to wait after so many tries; undefined: it is over. `random`: 0 … 1. */
export function waitAfter(tries: number, random: number, askedMs = 0): number | undefined {
  const delay = delaysMs[tries - 1];
  if (delay === undefined) return undefined;
  const spread = delay * (1 - jitter + 2 * jitter * random);
  return Math.round(Math.min(maxWaitMs, Math.max(spread, askedMs)));
}
