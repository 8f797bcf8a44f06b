// A playback as a signal: read once a tick, and converted to the rate of each mix.
import { Signal } from "../dsp/index.ts";
import type { Playback } from "../playback/index.ts";

/** Past frames that are kept, for a conversion that starts in the middle. */
const memory = 1;

export class PlaySource {
  readonly #playback: Playback;
  readonly #signal: Signal;

  /** `rate`: the playback's samples a second. */
  constructor(playback: Playback, rate: number) {
    this.#playback = playback;
    this.#signal = new Signal(rate, memory);
  }

  /** See `Playback`. */
  get opened(): Promise<void> | undefined {
    return this.#playback.opened;
  }

  /** The frame of this tick; undefined once everything has been played. */
  read(tick: number): Signal | undefined {
    if (this.#signal.tick === tick) return this.#signal;
    return this.#playback.read(this.#signal.next(tick)) ? this.#signal : undefined;
  }
}
