// A clock that moves only when told to. Timers fire in order of their due time, then of arming.
import type { Clock, Timer } from "#common";

interface Armed {
  readonly due: number;
  readonly order: number;
  readonly callback: () => void;
  waiting: boolean;
}

const before = (a: Armed, b: Armed): boolean => a.due < b.due || (a.due === b.due && a.order < b.order);

export class FakeClock implements Clock {
  #elapsed = 0;
  #order = 0;
  #epoch: number;
  /** A heap, the next one first; cancelled ones stay in it until they come up. */
  readonly #heap: Armed[] = [];
  #pending = 0;

  constructor(epoch = Date.UTC(2026, 0, 1)) {
    this.#epoch = epoch;
  }

  now = (): number => this.#epoch + this.#elapsed;
  monotonic = (): number => this.#elapsed;

  after(delayMs: number, callback: () => void): Timer {
    const due = this.#elapsed + Math.max(0, delayMs);
    const timer: Armed = { due, order: this.#order++, callback, waiting: true };
    this.#push(timer);
    this.#pending += 1;
    return { cancel: () => this.#disarm(timer) };
  }

  /** Sets the wall clock, forwards or back; nothing else moves. */
  setWall(now: number): void {
    this.#epoch = now - this.#elapsed;
  }

  /** Timers that wait: 0 after everything was closed, or something leaks. */
  get pending(): number {
    return this.#pending;
  }

  /** Moves time on by `ms`, firing what falls due on the way. */
  advance(ms: number): void {
    const until = this.#elapsed + ms;
    for (let next = this.#earliest(until); next; next = this.#earliest(until)) {
      this.#disarm(next);
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
      this.#disarm(next);
      this.#elapsed = Math.max(this.#elapsed, next.due);
      next.callback();
      await settle();
    }
    this.#elapsed = until;
  }

  #earliest(until: number): Armed | undefined {
    let next = this.#heap[0];
    while (next && !next.waiting) {
      this.#pop();
      next = this.#heap[0];
    }
    return next && next.due <= until ? next : undefined;
  }

  #disarm(timer: Armed): void {
    if (!timer.waiting) return;
    timer.waiting = false;
    this.#pending -= 1;
  }

  #push(timer: Armed): void {
    const heap = this.#heap;
    let at = heap.push(timer) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!before(timer, heap[parent]!)) break;
      heap[at] = heap[parent]!;
      at = parent;
    }
    heap[at] = timer;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop()!;
    if (heap.length === 0) return;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && before(heap[child + 1]!, heap[child]!)) child += 1;
      if (!before(heap[child]!, last)) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = last;
  }
}

/** Lets every promise that can settle now do so. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
