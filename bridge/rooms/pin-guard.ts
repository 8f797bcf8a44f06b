// Guessing PINs must not pay: wrong ones are counted per source and per room, over all their calls, and the more
// there were the longer the next one waits before it is weighed. Right and wrong PINs wait alike. Bounded: when
// too many are remembered, the one whose last failure is oldest is forgotten first.
import type { Clock } from "#common";

interface Failures {
  readonly count: number;
  readonly lastAt: number;
}

export interface PinGuess {
  readonly room: string;
  readonly source: string;
}

/** Failures are forgotten after this long without another. */
const forgetAfterMs = 15 * 60_000;
const maxRemembered = 10_000;
/** Mistakes that cost nothing: of one source, and of all who call a room. */
const free = { source: 3, room: 10 } as const;
/** A room's own people wait too while somebody guesses, so not for long. */
const longestMs = { source: 10_000, room: 4000 } as const;

export class PinGuard {
  readonly #failures = new Map<string, Failures>();

  /** How long the next PIN waits; `now` is monotonic. */
  delayMs({ room, source }: PinGuess, now: number): number {
    const bySource = delayAfter(this.#count(sourceKey(source), now) - free.source, longestMs.source);
    const byRoom = delayAfter(this.#count(roomKey(room), now) - free.room, longestMs.room);
    return Math.max(bySource, byRoom);
  }

  failed({ room, source }: PinGuess, now: number): void {
    for (const key of [sourceKey(source), roomKey(room)]) {
      const count = this.#count(key, now) + 1;
      // Deleted first, so that the map's order is that of the last failure.
      this.#failures.delete(key);
      this.#failures.set(key, { count, lastAt: now });
    }
    for (const key of this.#failures.keys()) {
      if (this.#failures.size <= maxRemembered) break;
      this.#failures.delete(key);
    }
  }

  #count(key: string, now: number): number {
    const failures = this.#failures.get(key);
    return failures && now - failures.lastAt < forgetAfterMs ? failures.count : 0;
  }
}

/** The PINs that one caller types for one room. */
export class CallersPins {
  readonly #guard: PinGuard;
  readonly #clock: Clock;
  readonly #guess: PinGuess;

  constructor(guard: PinGuard, clock: Clock, guess: PinGuess) {
    this.#guard = guard;
    this.#clock = clock;
    this.#guess = guess;
  }

  /** How long the next one waits. */
  get delayMs(): number {
    return this.#guard.delayMs(this.#guess, this.#clock.monotonic());
  }

  failed(): void {
    this.#guard.failed(this.#guess, this.#clock.monotonic());
  }
}

/** 1, 2, 4 … seconds. */
function delayAfter(beyondFree: number, longest: number): number {
  return beyondFree < 0 ? 0 : Math.min(longest, 1000 * 2 ** Math.min(beyondFree, 10));
}

const sourceKey = (source: string): string => `source ${source}`;
const roomKey = (room: string): string => `room ${room}`;
