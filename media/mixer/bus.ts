// A room's mix at one rate: the exact sum of this tick, the shared mix for the legs that are not in the sum, and the N−1 mix for
// a leg that is. Knows neither codecs nor destinations. All memory that a tick uses is allocated before it.

import { addTo, ComfortNoise, clipInto, fromDbov, meanSquare, Signal, scale } from "../dsp/index.ts";
import { type Leg, warmUpTicks } from "../leg/index.ts";
import { ticksPerSecond } from "../tick.ts";
import { Mixer } from "./mixer.ts";

/** The mix under something that plays to a leg alone: 10 dB down. */
export const duckedGain = 0.32;

const quiet = fromDbov(-48);

export class Bus {
  readonly rate: number;
  /** The shared mix, for the legs that are not in the sum, with a few past ticks. */
  readonly shared: Signal;
  /** The mean square of the shared mix. */
  sharedLevel = 0;
  /** The shared mix is only comfort noise. */
  silent = true;
  readonly #mixer: Mixer;
  readonly #noise: ComfortNoise;
  readonly #noiseFrame: Int16Array;
  readonly #own: Int16Array;
  readonly #wide: Int32Array;

  constructor(rate: number) {
    const samples = rate / ticksPerSecond;
    this.rate = rate;
    this.shared = new Signal(rate, warmUpTicks);
    this.#mixer = new Mixer(samples);
    this.#noise = new ComfortNoise(rate);
    this.#noiseFrame = new Int16Array(samples);
    this.#own = new Int16Array(samples);
    this.#wide = new Int32Array(samples);
  }

  /** The mix is so quiet that a change of encoder would not be noticed. */
  get isQuiet(): boolean {
    return this.sharedLevel < quiet;
  }

  /** Sums the voices of the legs that speak and what plays to all. */
  mix(speakers: readonly Leg[], play: Signal | undefined, tick: number): void {
    const mixer = this.#mixer;
    mixer.clear();
    for (let index = 0; index < speakers.length; index += 1) {
      mixer.add(speakers[index]!.voice.signal.at(this.rate).frame);
    }
    if (play) mixer.add(play.at(this.rate).frame);
    this.#noise.fill(this.#noiseFrame);
    const shared = this.shared.next(tick);
    this.silent = mixer.sources === 0;
    if (this.silent) shared.set(this.#noiseFrame);
    else mixer.all(shared);
    this.sharedLevel = meanSquare(shared);
  }

  /** A mix without the leg's own voice, and with what plays to it alone above the rest; valid until the next. */
  own(leg: Leg, play: Signal | undefined): Int16Array {
    const mixer = this.#mixer;
    const wide = this.#wide;
    const others = mixer.sources - (leg.summed ? 1 : 0);
    if (others === 0) wide.set(this.#noiseFrame);
    else if (leg.summed) mixer.without(leg.voice.signal.at(this.rate).frame, wide);
    else mixer.copy(wide);
    const gain = play ? duckedGain : 1;
    if (gain < 1 || leg.mixGain < 1) scale(wide, leg.mixGain, gain);
    if (play) addTo(wide, play.at(this.rate).frame);
    if (!leg.listening.idle) leg.listening.apply(wide);
    clipInto(wide, this.#own);
    return this.#own;
  }
}
