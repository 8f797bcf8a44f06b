// The pool of port pairs for legs: an even port for RTP and the odd one above it for RTCP (RFC 3550 §11). Assigns them in a circle
// from a random start, and reuses a pair only after a time of rest, so that packets of the last call do not reach the next one.
// When all other pairs are taken, one second of rest is enough: a late packet is ignored by the latch of the next call, which is
// better than to refuse that call.
import type { Clock } from "#common";

/** How long a pair rests in any case. */
const minRestMs = 1000;

export interface PortPoolOptions {
  readonly clock: Clock;
  /** The range, both ends included; only complete pairs are used. */
  readonly min: number;
  readonly max: number;
  /** How long a returned pair rests. */
  readonly drainMs?: number;
  /** 0 … 1, for the start; injected by tests. */
  readonly random?: () => number;
}

export class PortPool {
  readonly #clock: Clock;
  readonly #drainMs: number;
  /** A circular queue of free pairs and when each may be used again, soonest first. */
  #ports = new Uint16Array();
  #usableAt = new Float64Array();
  readonly #taken = new Set<number>();
  /** Those that are not of this range. */
  readonly #foreign = new Set<number>();
  readonly #random: () => number;
  #head = 0;
  #size = 0;

  constructor(options: PortPoolOptions) {
    const { clock, min, max, drainMs = 5000, random = Math.random } = options;
    this.#clock = clock;
    this.#drainMs = drainMs;
    this.#random = random;
    this.use(min, max);
  }

  /** Another range from now on; what is taken of the one before does not come back. */
  use(min: number, max: number): void {
    const first = min + (min % 2);
    const pairs = Math.max(0, Math.floor((max - first + 1) / 2));
    const start = Math.floor(this.#random() * pairs);
    this.#taken.clear();
    this.#head = 0;
    this.#ports = Uint16Array.from({ length: pairs }, (_, index) => first + 2 * ((start + index) % pairs));
    this.#usableAt = new Float64Array(pairs).fill(Number.NEGATIVE_INFINITY);
    this.#size = pairs;
  }

  /** Pairs that have drained. */
  get free(): number {
    const now = this.#clock.monotonic();
    let free = 0;
    while (free < this.#size && this.#usableAt[this.#slot(free)]! <= now) free += 1;
    return free;
  }

  /** The even port of a pair, the longest rested first; undefined when none is left or none has rested at all. */
  take(): number | undefined {
    if (this.#size === 0) return undefined;
    const stillDraining = this.#usableAt[this.#head]! - this.#clock.monotonic();
    if (stillDraining > Math.max(0, this.#drainMs - minRestMs)) return undefined;
    const port = this.#ports[this.#head]!;
    this.#head = this.#slot(1);
    this.#size -= 1;
    this.#taken.add(port);
    return port;
  }

  /**
   * Takes a certain pair, whether it has rested or not: a leg goes on that had it in another process. False when it is taken.
   * One that is not of this range may be had, too.
   */
  claim(port: number): boolean {
    if (this.#taken.has(port) || this.#foreign.has(port)) return false;
    for (let offset = 0; offset < this.#size; offset += 1) {
      if (this.#ports[this.#slot(offset)] !== port) continue;
      for (let later = offset + 1; later < this.#size; later += 1) {
        this.#ports[this.#slot(later - 1)] = this.#ports[this.#slot(later)]!;
        this.#usableAt[this.#slot(later - 1)] = this.#usableAt[this.#slot(later)]!;
      }
      this.#size -= 1;
      this.#taken.add(port);
      return true;
    }
    this.#foreign.add(port);
    return true;
  }

  /** Returns a pair that was taken; anything else is ignored. */
  release(port: number): void {
    if (this.#foreign.delete(port) || !this.#taken.delete(port)) return;
    const slot = this.#slot(this.#size);
    this.#ports[slot] = port;
    this.#usableAt[slot] = this.#clock.monotonic() + this.#drainMs;
    this.#size += 1;
  }

  #slot(offset: number): number {
    return (this.#head + offset) % this.#ports.length;
  }
}
