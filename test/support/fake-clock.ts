// A clock that moves only when told to. Timers fire in order of their due time, then of arming.
import type { Clock, Timer } from "#common";

interface Armed {
  readonly due: number;
  readonly order: number;
  readonly callback: () => void;
}

export class FakeClock implements Clock {
  #elapsed = 0;
  #order = 0;
  readonly #epoch: number;
  readonly #armed = new Set<Armed>();

  constructor(epoch = Date.UTC(2026, 0, 1)) {
    this.#epoch = epoch;
  }

  now = (): number => this.#epoch + this.#elapsed;
  monotonic = (): number => this.#elapsed;

  after(delayMs: number, callback: () => void): Timer {
    const timer: Armed = { due: this.#elapsed + Math.max(0, delayMs), order: this.#order++, callback };
    this.#armed.add(timer);
    return { cancel: () => this.#armed.delete(timer) };
  }

  /** Timers that wait: 0 after everything was closed, or something leaks. */
  get pending(): number {
    return this.#armed.size;
  }

  /** Moves time on by `ms`, firing what falls due on the way. */
  advance(ms: number): void {
    const until = this.#elapsed + ms;
    for (let next = this.#earliest(until); next; next = this.#earliest(until)) {
      this.#armed.delete(next);
      this.#elapsed = Math.max(this.#elapsed, next.due);
      next.callback();
    }
    this.#elapsed = until;
  }

  /** Like `advance`, letting promises settle before, between and after the timers. */
  async run(ms: number): Promise<void> {
    const until = this.#elapsed + ms;
    await settle();
    for (let next = this.#earliest(until); next; next = this.#earliest(until)) {
      this.#armed.delete(next);
      this.#elapsed = Math.max(this.#elapsed, next.due);
      next.callback();
      await settle();
    }
    this.#elapsed = until;
  }

  #earliest(until: number): Armed | undefined {
    let earliest: Armed | undefined;
    for (const timer of this.#armed) {
      if (timer.due > until) continue;
      if (
        !earliest ||
        timer.due < earliest.due ||
        (timer.due === earliest.due && timer.order < earliest.order)
      ) {
        earliest = timer;
      }
    }
    return earliest;
  }
}

/** Lets every promise that can settle now do so. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
