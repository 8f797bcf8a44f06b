// What a leg says: its audio of this tick, and whether it belongs in the sum. Silent, muted, held and
// key-pressing legs are not summed; getting in and out of the sum is faded over 5 ms, so that neither clicks.
import { fade, meanSquare, type Signal, SpeechDetector } from "../dsp/index.ts";
import type { Playout, PullOutcome } from "../jitter/index.ts";
import type { Capture, LegDump } from "../record/index.ts";
import type { InputChain } from "./input-chain.ts";

const fadeMs = 5;
const levelSmoothing = 0.1;

export class Voice {
  /** Smoothed mean square of what came. */
  level = 0;
  /** This tick's, and what the jitter buffer gave for it. */
  tickLevel = 0;
  pulled: PullOutcome = "silence";
  /** The leg speaks, and is heard by others. */
  talking = false;
  /** Keeps what is said; undefined: nothing does. */
  capture: Capture | undefined;
  /** Is shown each tick's audio as it came. */
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

  /** This tick's audio; what is to be summed of it once `listen` has returned true. */
  get signal(): Signal {
    return this.#playout.signal;
  }

  /** Spoke within the last two seconds. */
  get spokeRecently(): boolean {
    return this.#speech.recently;
  }

  /** Nothing was said of late, and nothing is kept of what is said. */
  get calm(): boolean {
    return this.capture === undefined && !this.#wasSummed && !this.spokeRecently && this.#inputChain.calm;
  }

  /** A tick too quiet to be heard went by while all was calm. */
  pass(level: number): void {
    this.pulled = "audio";
    this.tickLevel = level;
    this.level += (level - this.level) * levelSmoothing;
    this.#inputChain.pass(level);
    this.#speech.update(level);
  }

  /** Takes the tick's audio. `admitted`: may be heard at all now. True when the signal is to be summed. */
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
