// The voice of a leg: its audio of this tick, and whether it belongs in the sum. Silent, muted and held legs and the sounds of
// keys are not summed; entering and leaving the sum is faded over 5 ms, so that neither clicks.
import { fade, meanSquare, type Signal, SpeechDetector } from "../dsp/index.ts";
import type { Playout, PullOutcome } from "../jitter/index.ts";
import type { Capture, LegDump } from "../record/index.ts";
import type { InputChain } from "./input-chain.ts";

const fadeMs = 5;
const levelSmoothing = 0.1;

export class Voice {
  /** Smoothed mean square of the received audio. */
  level = 0;
  /** The mean square of this tick; then the jitter buffer's result for it. */
  tickLevel = 0;
  pulled: PullOutcome = "silence";
  /** The participant speaks, and is not muted. */
  talking = false;
  /** The capture that records the voice; undefined: none runs. */
  capture: Capture | undefined;
  /** Receives each tick's audio before processing. */
  dump: LegDump | undefined;
  readonly #playout: Playout;
  readonly #inputChain: InputChain;
  readonly #speech: SpeechDetector;
  #wasSummed = false;

  constructor(playout: Playout, inputChain: InputChain, tickMs: number) {
    this.#playout = playout;
    this.#inputChain = inputChain;
    this.#speech = new SpeechDetector(tickMs);
  }

  /** This tick's audio; after `listen` has returned true, the part of it that belongs in the sum. */
  get signal(): Signal {
    return this.#playout.signal;
  }

  /** Spoke within the last two seconds. */
  get spokeRecently(): boolean {
    return this.#speech.recently;
  }

  /** There was no speech recently, and no capture runs. */
  get calm(): boolean {
    return this.capture === undefined && !this.#wasSummed && !this.spokeRecently && this.#inputChain.calm;
  }

  /** Takes note of an inaudible tick that was not processed, because the voice was `calm`. */
  pass(level: number): void {
    this.pulled = "audio";
    this.tickLevel = level;
    this.level += (level - this.level) * levelSmoothing;
    this.#inputChain.pass(level);
    this.#speech.update(level);
  }

  /** Takes the tick's audio. `admitted`: the leg may be heard now. True when the signal belongs in the sum. */
  listen(now: number, tick: number, admitted: boolean): boolean {
    const pulled = this.#playout.pull(now, tick);
    const { frame, rate } = this.#playout.signal;
    this.dump?.said(pulled === "silence" ? undefined : frame, rate);
    const level = pulled === "silence" ? 0 : meanSquare(frame);
    this.pulled = pulled;
    this.tickLevel = level;
    this.level += (level - this.level) * levelSmoothing;
    this.#inputChain.hear(this.#playout.signal, level, pulled);
    const { suppress } = this.#inputChain;
    this.#speech.update(suppress ? 0 : level);
    const heard = admitted && !suppress;
    this.talking = heard && this.capture === undefined && this.#speech.talking;
    const wanted = heard && this.#speech.audible;
    const was = this.#wasSummed;
    this.#wasSummed = wanted;
    const summed = wanted || was;
    if (summed) this.#inputChain.shape(frame);
    if (wanted !== was) fade(frame, wanted ? "in" : "out", (rate * fadeMs) / 1000);
    this.capture?.take(summed ? this.#playout.signal : undefined);
    return summed;
  }
}
