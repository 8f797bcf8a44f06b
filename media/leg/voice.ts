// What a leg says: its audio of this tick, and whether it belongs in the sum. Silent, muted, held and
// key-pressing legs are not summed; getting in and out of the sum is faded over 5 ms, so that neither clicks.
import { fade, meanSquare, SpeechDetector } from "../audio/index.ts";
import type { JitterBuffer, Pulled } from "../rtp/index.ts";
import type { Treatment } from "./treatment.ts";

const fadeMs = 5;
const levelSmoothing = 0.1;

export interface VoiceOptions {
  readonly rate: number;
  readonly tickMs: number;
}

export class Voice {
  /** This tick's audio; what was summed of it once `listen` has returned true. */
  readonly frame: Int16Array;
  /** Smoothed mean square of what came, muted or not. */
  level = 0;
  /** This tick's, and what the jitter buffer gave for it. */
  tickLevel = 0;
  pulled: Pulled = "silence";
  /** The leg speaks, and is heard. */
  talking = false;
  readonly #jitter: JitterBuffer;
  readonly #treatment: Treatment;
  readonly #speech: SpeechDetector;
  readonly #fadeSamples: number;
  #wasSummed = false;

  constructor(jitter: JitterBuffer, treatment: Treatment, { rate, tickMs }: VoiceOptions) {
    this.#jitter = jitter;
    this.#treatment = treatment;
    this.frame = new Int16Array(Math.round((rate * tickMs) / 1000));
    this.#speech = new SpeechDetector(tickMs);
    this.#fadeSamples = Math.round((rate * fadeMs) / 1000);
  }

  /** Spoke within the last two seconds. */
  get spokeRecently(): boolean {
    return this.#speech.recently;
  }

  /** Takes the tick's audio. `admitted`: may be heard at all now. True when `frame` is to be summed. */
  listen(now: number, admitted: boolean): boolean {
    const pulled = this.#jitter.pull(this.frame, now);
    const level = pulled === "silence" ? 0 : meanSquare(this.frame);
    this.pulled = pulled;
    this.tickLevel = level;
    this.level += (level - this.level) * levelSmoothing;
    this.#treatment.hear(this.frame, level);
    const { suppress } = this.#treatment;
    this.#speech.update(suppress ? 0 : level);
    const heard = admitted && !suppress;
    this.talking = heard && this.#speech.talking;
    const wanted = heard && this.#speech.audible;
    const was = this.#wasSummed;
    this.#wasSummed = wanted;
    if (wanted || was) this.#treatment.shape(this.frame);
    if (wanted === was) return wanted;
    fade(this.frame, wanted ? "in" : "out", this.#fadeSamples);
    return true;
  }
}
