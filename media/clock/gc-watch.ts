// How often and how long the garbage collector stops this process: one reason for a late tick. Node
// reports each pause afterwards, outside the tick.
import { PerformanceObserver } from "node:perf_hooks";

export interface GcFigures {
  readonly pauses: number;
  readonly totalMs: number;
  /** The longest pause since the last call. */
  takeLongestMs(): number;
}

export class GcWatch implements GcFigures {
  pauses = 0;
  totalMs = 0;
  readonly #observer: PerformanceObserver;
  #longest = 0;

  constructor() {
    this.#observer = new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) this.#count(duration);
    });
    this.#observer.observe({ entryTypes: ["gc"] });
  }

  takeLongestMs(): number {
    const longest = this.#longest;
    this.#longest = 0;
    return longest;
  }

  /** Idempotent. */
  close(): void {
    this.#observer.disconnect();
  }

  #count(durationMs: number): void {
    this.pauses += 1;
    this.totalMs += durationMs;
    if (durationMs > this.#longest) this.#longest = durationMs;
  }
}
