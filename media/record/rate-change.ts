// Brings the frames of one track to the rate of its file, whatever rate each of them has: a room mixes now at this
// rate, now at that. Around such a change it is also given what was mixed at the new rate before and at the old rate
// in that tick, so that the filter knows the past and one fades into the other. A gap forgets the past.
import { blend, Signal } from "../dsp/index.ts";

/** Frames of the past that a filter wants to have seen. */
const memory = 6;
const framesPerSecond = 50;

export class RateChange {
  readonly #rate: number;
  readonly #signals = new Map<number, Signal>();
  #current: Signal | undefined;

  constructor(rate: number) {
    this.#rate = rate;
  }

  /** A frame that is not to be written itself, for a change that comes. */
  prepare(position: number, samples: Int16Array): void {
    this.#signalAt(samples).next(position).set(samples);
  }

  /** Valid until the next call. Positions only grow. */
  convert(position: number, samples: Int16Array): Int16Array {
    const signal = this.#signalAt(samples);
    const before = this.#current;
    this.#current = signal;
    signal.next(position).set(samples);
    const { frame } = signal.at(this.#rate);
    if (before && before !== signal && before.tick === position) {
      blend(before.at(this.#rate).frame, frame, frame.length);
    }
    return frame;
  }

  #signalAt({ length }: Int16Array): Signal {
    const rate = length * framesPerSecond;
    let signal = this.#signals.get(rate);
    if (!signal) {
      signal = new Signal(rate, memory);
      this.#signals.set(rate, signal);
    }
    return signal;
  }
}
