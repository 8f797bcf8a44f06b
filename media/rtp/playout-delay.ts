// The policy of the jitter buffer's delay: how long it should be, how long it is, and when the difference is
// worth a cut or an insertion. Between 20 and 200 ms; where it is quiet a small excess is corrected, where
// something sounds only a large one, and seldom. Positions are media time in milliseconds.
import { DelayEstimator } from "./delay-estimator.ts";

const minMs = 20;
const maxMs = 200;
/** Until the network is known. */
const firstMs = 40;
const safetyMs = 2;
/** Between two corrections of something that sounds. */
const restMs = 60;

export class PlayoutDelay {
  currentMs = 0;
  readonly #tickMs: number;
  readonly #estimator = new DelayEstimator();
  /** Packets do not begin where frames do: what that costs, decaying. */
  #offsetMs = 0;
  #errorMs = 0;
  #restsUntil = 0;

  constructor(tickMs: number) {
    this.#tickMs = tickMs;
  }

  reset(): void {
    this.#estimator.reset();
    this.#offsetMs = 0;
    this.#errorMs = 0;
    this.currentMs = 0;
  }

  /** A packet came; `offsetMs` is how far into a frame it begins. */
  add(positionMs: number, offsetMs: number, now: number): void {
    this.#estimator.add(now - positionMs, now);
    this.#offsetMs = offsetMs > this.#offsetMs ? offsetMs : this.#offsetMs - (this.#offsetMs - offsetMs) / 8;
  }

  /** A frame is about to be heard from `positionMs` on. */
  observe(positionMs: number, now: number): void {
    this.currentMs = now - positionMs - this.#estimator.base;
    this.#errorMs = this.currentMs - this.targetMs;
  }

  /** With less than this, packets come too late. */
  get neededMs(): number {
    return Math.min(maxMs, this.#estimator.spread + this.#offsetMs + safetyMs);
  }

  get targetMs(): number {
    return Math.max(minMs, this.neededMs);
  }

  /** How many ticks the first packet of a stream waits when the next pull is `untilPullMs` away. */
  firstWaitTicks(untilPullMs: number): number {
    return Math.max(0, Math.ceil((firstMs - Math.max(0, untilPullMs)) / this.#tickMs));
  }

  /** Whether playing from `positionMs` now stays within the bound. */
  allows(positionMs: number, now: number): boolean {
    return now + this.#tickMs - positionMs - this.#estimator.base <= maxMs;
  }

  /** What must go at once because the delay is over its bound; 0 while it is within. */
  get beyondBoundMs(): number {
    return this.currentMs > maxMs + 2 * this.#tickMs ? this.#errorMs : 0;
  }

  get mayShorten(): boolean {
    return this.#errorMs > this.#tickMs;
  }

  mustShorten(now: number): boolean {
    return this.#errorMs > 2 * this.#tickMs && now >= this.#restsUntil;
  }

  get mayLengthen(): boolean {
    return this.#errorMs < 0;
  }

  mustLengthen(now: number): boolean {
    return this.currentMs < this.neededMs && now >= this.#restsUntil;
  }

  corrected(now: number): void {
    this.#restsUntil = now + restMs;
  }
}
