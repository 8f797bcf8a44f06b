// The rate at which a room mixes: the highest that any of its legs can use at the moment. A change is prepared by mixing at both
// rates for a few ticks, so that every filter of the new mix has its history; then one tick crossfades from the old to the new mix.
//
//   steady ─▶ preparing (6 ticks, the old one is heard) ─▶ changing (one tick, crossfaded) ─▶ steady
import { blend } from "../dsp/index.ts";
import { warmUpTicks } from "../leg/index.ts";
import { Bus } from "./bus.ts";

const rates = [8000, 16_000, 48_000] as const;

export class RoomRate {
  /** The mix that is sent. */
  bus: Bus;
  /** The next mix, while it is being prepared. */
  coming: Bus | undefined;
  /** The previous mix, in the tick of a change. */
  leaving: Bus | undefined;
  readonly #buses = new Map<number, Bus>();
  #prepared = 0;

  constructor(rate: number) {
    this.bus = this.#busAt(rate);
  }

  /** A tick begins. `wanted`: the highest rate of any leg. */
  advance(wanted: number): void {
    this.leaving = undefined;
    if (this.coming) this.#prepare();
    else if (wanted !== this.bus.rate) {
      this.coming = this.#busAt(wanted);
      this.#prepared = 0;
    }
  }

  /** In the tick of a change, once both have been mixed: crossfades from the old to the new mix, at every rate. */
  blend(): void {
    if (!this.leaving) return;
    const before = this.leaving.shared;
    const after = this.bus.shared;
    for (const rate of rates) after.at(rate);
    for (const rate of rates) {
      const { frame } = after.at(rate);
      blend(before.at(rate).frame, frame, frame.length);
    }
  }

  #prepare(): void {
    this.#prepared += 1;
    if (this.#prepared < warmUpTicks) return;
    this.leaving = this.bus;
    this.bus = this.coming!;
    this.coming = undefined;
  }

  #busAt(rate: number): Bus {
    let bus = this.#buses.get(rate);
    if (!bus) {
      bus = new Bus(rate);
      this.#buses.set(rate, bus);
    }
    return bus;
  }
}
