// The policy of the jitter buffer's delay: how long it should be, how long it is, and when the difference is
// worth a cut or an insertion. A packet waits as long as slow packets were measured to take, and a few milliseconds,
// until it is heard: on a clean network for the next tick. Up to a frame's length all packets are provided for, and a
// slow one is long remembered; beyond it nearly all. Where it is quiet a small excess is corrected, where something
// sounds only a large one, and seldom. Positions are media time in milliseconds.
import { DelayEstimator } from "./delay-estimator.ts";

/** Nothing is heard that is older: an excess is cut before the frame is played. Milliseconds. */
export const maxDelayMs = 200;
/** Of a stream that has just begun, and as long as its network is not known. */
const firstMs = 40;
const unknownMs = 20;
/** What is waited beyond the slow packets: twice what a scheduler delays a sender that was never late. */
const safetyMs = 4;
/** A delay above the first figure does not raise the target; the delay that is remembered falls by the second, milliseconds a second. */
const slowestProvidedMs = 16;
const forgottenPerSecond = 0.5;
/** A cut must leave so much above the target: what the next packet teaches shall not take it back. */
const hysteresisMs = 2;
/** An excess that is borne rather than cut out of something that sounds. */
const bearableTicks = 1.5;
/** Between two corrections of something that sounds. */
const restMs = 60;

export class PlayoutDelay {
  currentMs = 0;
  readonly #tickMs: number;
  readonly #estimator = new DelayEstimator();
  /** Packets do not begin where frames do: what that costs, decaying. */
  #offsetMs = 0;
  #errorMs = 0;
  /** By how much the slowest packet of the last while was slower than the fastest. */
  #slowestMs = 0;
  #lastAt = 0;
  #restsUntil = 0;

  constructor(tickMs: number) {
    this.#tickMs = tickMs;
  }

  reset(): void {
    this.#estimator.reset();
    this.#offsetMs = 0;
    this.#errorMs = 0;
    this.#slowestMs = 0;
    this.currentMs = 0;
  }

  /** A packet came; `offsetMs` is how far into a frame it begins. */
  add(positionMs: number, offsetMs: number, now: number): void {
    const estimator = this.#estimator;
    const transitMs = now - positionMs;
    estimator.add(transitMs, now);
    const slowerMs = transitMs - estimator.base;
    if (now > this.#lastAt) this.#slowestMs -= (now - this.#lastAt) * (forgottenPerSecond / 1000);
    if (slowerMs > this.#slowestMs && slowerMs <= slowestProvidedMs) this.#slowestMs = slowerMs;
    this.#lastAt = now;
    this.#offsetMs = offsetMs > this.#offsetMs ? offsetMs : this.#offsetMs - (this.#offsetMs - offsetMs) / 8;
  }

  /** A frame is about to be heard from `positionMs` on. */
  observe(positionMs: number, now: number): void {
    this.currentMs = now - positionMs - this.#estimator.base;
    this.#errorMs = this.currentMs - this.targetMs;
  }

  /** With less than this, packets come too late. */
  get neededMs(): number {
    const slowMs = Math.max(this.#estimator.spread, this.#slowestMs);
    return Math.min(maxDelayMs - this.#tickMs, slowMs + this.#offsetMs + safetyMs);
  }

  get targetMs(): number {
    return this.#estimator.seasoned ? this.neededMs : Math.max(unknownMs, this.neededMs);
  }

  /** How many ticks the first packet of a stream waits when the next pull is `untilPullMs` away. */
  firstWaitTicks(untilPullMs: number): number {
    return Math.max(0, Math.ceil((firstMs - Math.max(0, untilPullMs)) / this.#tickMs));
  }

  /** Whether playing from `positionMs` now stays within the bound. */
  allows(positionMs: number, now: number): boolean {
    return now + this.#tickMs - positionMs - this.#estimator.base <= maxDelayMs;
  }

  /** What must go at once because the delay is over its bound; 0 while it is within. */
  get beyondBoundMs(): number {
    return this.currentMs > maxDelayMs ? this.#errorMs : 0;
  }

  /** The network is known, and the delay neither too long nor too short for it: there is nothing to correct. */
  get fits(): boolean {
    return this.#estimator.seasoned && !this.mayShorten && !this.mayLengthen && this.beyondBoundMs === 0;
  }

  get mayShorten(): boolean {
    return this.#errorMs > this.#tickMs + hysteresisMs;
  }

  mustShorten(now: number): boolean {
    return this.#errorMs > bearableTicks * this.#tickMs && now >= this.#restsUntil;
  }

  get mayLengthen(): boolean {
    return this.#errorMs < 0 && this.currentMs <= maxDelayMs - this.#tickMs;
  }

  mustLengthen(now: number): boolean {
    return this.currentMs < this.neededMs && now >= this.#restsUntil;
  }

  corrected(now: number): void {
    this.#restsUntil = now + restMs;
  }
}
