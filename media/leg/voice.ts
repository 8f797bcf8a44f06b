// What a leg says: its audio of this tick, and whether it belongs in the sum. Silent, muted, held and
// key-pressing legs are not summed; getting in and out of the sum is faded over 5 ms, so that neither clicks.
import { fade, meanSquare, type Signal, SpeechDetector } from "../audio/index.ts";
import type { Playout } from "./playout.ts";

const fadeMs = 5;
const levelSmoothing = 0.1;

export class Voice {
  /** Smoothed mean square of what came. */
  level = 0;
  /** The leg speaks, and is heard. */
  talking = false;
  readonly #playout: Playout;
  readonly #speech: SpeechDetector;
  #wasSummed = false;

  constructor(playout: Playout, tickMs: number) {
    this.#playout = playout;
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

  /** Takes the tick's audio. `admitted`: may be heard at all now. True when the signal is to be summed. */
  listen(now: number, tick: number, admitted: boolean): boolean {
    const pulled = this.#playout.pull(now, tick);
    const { frame, rate } = this.#playout.signal;
    const level = pulled === "silence" ? 0 : meanSquare(frame);
    this.level += (level - this.level) * levelSmoothing;
    this.#speech.update(level);
    this.talking = admitted && this.#speech.talking;
    const wanted = admitted && this.#speech.audible;
    const was = this.#wasSummed;
    this.#wasSummed = wanted;
    if (wanted === was) return wanted;
    fade(frame, wanted ? "in" : "out", (rate * fadeMs) / 1000);
    return true;
  }
}
