// The loop that runs the audio tick every 20 ms on the monotonic clock. Keeps one timer, and the statistics of the ticks'
// lateness and duration; knows nothing of audio.
//
//   timer → asleep until it is due → tick(instant) … → measure → timer        rest → (nothing) → wake → timer
//
// Timers of the event loop count whole milliseconds and wait for running callbacks. With `sleep` the timer is set
// too early, and the thread sleeps for the rest, which is exact to some hundredths of a millisecond.
//
// A timer that fires late runs before the event loop reads the sockets. When more than one tick is due the
// loop therefore lets the sockets be read first, so that catching up finds the packets that came in the meantime.
import type { Clock, Timer } from "#common";
import { DueTicks } from "./due-ticks.ts";
import { Histogram, type Percentiles } from "./histogram.ts";

export interface TickerOptions {
  readonly clock: Clock;
  readonly tickMs: number;
  /** At most this many ticks are run at once after a stall. */
  readonly maxCatchUp: number;
  /** Bounds of `lateBuckets`, milliseconds, ascending. */
  readonly lateBoundsMs?: readonly number[];
  /**
   * Blocks the thread for so many milliseconds. Without it a tick runs when its timer fires: needed for sockets that the event
   * loop reads, since packets that arrive during the sleep would miss the tick.
   */
  readonly sleep?: ((ms: number) => void) | undefined;
  /** Runs one tick; `at` is when it was due, monotonic milliseconds. */
  readonly tick: (at: number) => void;
}

/** The timer is set so much before the tick is due; since it counts whole milliseconds it fires up to three before. */
const wakesEarlyMs = 1;
/** If a timer fires earlier than this before the tick, another one is set. */
const maxSleepMs = 3;
/** The sleep is longer by this, so that the tick is due when it ends. */
const sleepsLongerMs = 0.01;

const nothing: Percentiles = { p50Ms: 0, p99Ms: 0, maxMs: 0 };

export class Ticker {
  /** Ticks run since the start. */
  ticks = 0;
  /** The lateness in the last complete second. */
  lateness: Percentiles = nothing;
  cost: Percentiles = nothing;
  /** Ticks since the start by how late they were: up to each of the bounds, and above. */
  readonly lateBuckets: number[];
  lateSumMs = 0;
  readonly #options: TickerOptions;
  readonly #lateBoundsMs: readonly number[];
  readonly #ticksPerSecond: number;
  readonly #latenesses = new Histogram();
  readonly #costs = new Histogram();
  #due: DueTicks | undefined;
  #timer: Timer | undefined;
  #socketsWereRead = false;
  #resting = false;
  #maxStallMs = 0;

  constructor(options: TickerOptions) {
    this.#options = options;
    this.#lateBoundsMs = options.lateBoundsMs ?? [];
    this.lateBuckets = [...this.#lateBoundsMs, Number.POSITIVE_INFINITY].map(() => 0);
    this.#ticksPerSecond = Math.round(1000 / options.tickMs);
  }

  get skipped(): number {
    return this.#due?.skipped ?? 0;
  }

  /** The longest lateness of a tick since the last call; it includes skipped ticks. */
  takeLongestStallMs(): number {
    const longest = this.#maxStallMs;
    this.#maxStallMs = 0;
    return longest;
  }

  /** Starting twice changes nothing. */
  start(): void {
    if (this.#due) return;
    this.#due = new DueTicks(this.#options, this.#options.clock.monotonic());
    this.#wait(this.#options.tickMs);
  }

  /** Stops the timer until `wake`. Called from within a tick. */
  rest(): void {
    if (!this.#timer) return;
    this.#resting = true;
    this.#timer?.cancel();
    this.#timer = undefined;
    this.lateness = nothing;
    this.cost = nothing;
  }

  /** Ends a rest; true when it did. The first tick is due 20 ms from now. */
  wake(): boolean {
    if (!this.#resting || !this.#due) return false;
    this.#resting = false;
    this.#due.nextAt = this.#options.clock.monotonic() + this.#options.tickMs;
    this.#wait(this.#options.tickMs);
    return true;
  }

  /** Stops for good. */
  stop(): void {
    this.#resting = false;
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  readonly #onTimer = (): void => {
    const { clock } = this.#options;
    const due = this.#due!;
    this.#timer = undefined;
    const now = this.#sleepUntil(due.nextAt);
    this.#maxStallMs = Math.max(this.#maxStallMs, now - due.nextAt);
    const count = due.due(now);
    if (count > 1 && !this.#socketsWereRead) {
      this.#socketsWereRead = true;
      this.#wait(0);
      return;
    }
    this.#socketsWereRead = false;
    this.#wait(due.nextAt + count * this.#options.tickMs - clock.monotonic());
    for (let index = 0; index < count && !this.#resting; index += 1) this.#run(due.take());
  };

  /** Returns the time. */
  #sleepUntil(at: number): number {
    const { clock, sleep } = this.#options;
    const now = clock.monotonic();
    if (!sleep || now >= at || at - now > maxSleepMs) return now;
    sleep(at - now + sleepsLongerMs);
    return clock.monotonic();
  }

  #wait(delayMs: number): void {
    const { clock, sleep } = this.#options;
    this.#timer = clock.after(Math.max(0, sleep ? delayMs - wakesEarlyMs : delayMs), this.#onTimer);
  }

  #countLateness(lateMs: number): void {
    const bounds = this.#lateBoundsMs;
    let bucket = 0;
    while (bucket < bounds.length && lateMs > bounds[bucket]!) bucket += 1;
    this.lateBuckets[bucket]! += 1;
    this.lateSumMs += Math.max(0, lateMs);
    this.#latenesses.record(lateMs);
  }

  #run(at: number): void {
    const { clock } = this.#options;
    const startedAt = clock.monotonic();
    this.#countLateness(startedAt - at);
    this.#options.tick(at);
    this.#costs.record(clock.monotonic() - startedAt);
    this.ticks += 1;
    if (this.ticks % this.#ticksPerSecond !== 0) return;
    this.lateness = this.#latenesses.take();
    this.cost = this.#costs.take();
  }
}
