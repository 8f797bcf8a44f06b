// A running signal, one frame a tick, that can be had at other rates: each conversion is made once a tick and
// only when it is asked for. A few past frames are remembered, so that a conversion, or an encoder, that begins
// in the middle begins with what came before and not with a click.
import { ticksPerSecond } from "../tick.ts";
import { Resampler } from "./resample.ts";

interface Derived {
  readonly resampler: Resampler;
  readonly signal: Signal;
}

export class Signal {
  readonly rate: number;
  /** The tick that `frame` belongs to. */
  tick = -1;
  frame: Int16Array;
  /** How many frames before this one are known, without a gap. */
  known = 0;
  readonly #ring: readonly Int16Array[];
  readonly #derived: Derived[] = [];
  #at = 0;

  /** `memory`: how many past frames are kept. */
  constructor(rate: number, memory: number) {
    this.rate = rate;
    this.#ring = Array.from({ length: memory + 1 }, () => new Int16Array(rate / ticksPerSecond));
    this.frame = this.#ring[0]!;
  }

  /** The frame of this tick, to be filled. Ticks that are left out are a gap. */
  next(tick: number): Int16Array {
    this.known =
      tick === this.tick + 1 && this.tick >= 0 ? Math.min(this.known + 1, this.#ring.length - 1) : 0;
    this.#at = this.#at + 1 === this.#ring.length ? 0 : this.#at + 1;
    this.tick = tick;
    this.frame = this.#ring[this.#at]!;
    return this.frame;
  }

  /** The frame of so many ticks ago, at most `known`. */
  past(ticksAgo: number): Int16Array {
    const at = this.#at - ticksAgo;
    return this.#ring[at < 0 ? at + this.#ring.length : at]!;
  }

  /** This tick at another rate, its past included. */
  at(rate: number): Signal {
    if (rate === this.rate) return this;
    const { resampler, signal } = this.#find(rate) ?? this.#derive(rate);
    if (signal.tick === this.tick) return signal;
    if (signal.tick !== this.tick - 1) {
      resampler.reset();
      for (let ago = this.known; ago > 0; ago -= 1) {
        resampler.process(this.past(ago), signal.next(this.tick - ago));
      }
    }
    resampler.process(this.frame, signal.next(this.tick));
    return signal;
  }

  #find(rate: number): Derived | undefined {
    for (let index = 0; index < this.#derived.length; index += 1) {
      if (this.#derived[index]!.signal.rate === rate) return this.#derived[index];
    }
    return undefined;
  }

  #derive(rate: number): Derived {
    const signal = new Signal(rate, this.#ring.length - 1);
    const derived = { resampler: new Resampler(this.rate, rate), signal };
    this.#derived.push(derived);
    return derived;
  }
}
