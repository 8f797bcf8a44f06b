// Something that plays, as a signal: read once a tick, heard at whatever rate its listeners' mixes have.
import { Signal } from "../dsp/index.ts";
import type { Playback } from "../playback/index.ts";

/** One frame to begin a conversion with. */
const memory = 1;

export class PlaySource {
  readonly #playback: Playback;
  readonly #signal: Signal;

  /** `rate`: what the playback was made for. */
  constructor(playback: Playback, rate: number) {
    this.#playback = playback;
    this.#signal = new Signal(rate, memory);
  }

  /** See `Playback`. */
  get opened(): Promise<void> | undefined {
    return this.#playback.opened;
  }

  /** This tick of it; undefined once everything has been heard. */
  read(tick: number): Signal | undefined {
    if (this.#signal.tick === tick) return this.#signal;
    return this.#playback.read(this.#signal.next(tick)) ? this.#signal : undefined;
  }
}
