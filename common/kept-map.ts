// A bounded map whose entries the next process finds again. `write` and `read` are between a value and what is kept of it, JSON;
// monotonic instants mean nothing there: they are kept as wall-clock ones.
import { BoundedMap } from "./bounded-map.ts";
import type { Clock } from "./clock.ts";
import type { KeptRecords } from "./kept-records.ts";

export interface KeptMapOptions<Value, Kept> {
  /** Entries, at least 1. */
  readonly most: number;
  readonly kept: KeptRecords<Kept>;
  readonly write: (value: Value) => Kept;
  readonly read: (kept: Kept) => Value;
}

export class KeptMap<Value, Kept> extends BoundedMap<string, Value> {
  readonly #options: KeptMapOptions<Value, Kept>;

  constructor(options: KeptMapOptions<Value, Kept>) {
    super({ most: options.most });
    this.#options = options;
    for (const [key, kept] of options.kept.left) super.set(key, options.read(kept));
  }

  /** Kept as it is at the end of this turn of the event loop. */
  override set(key: string, value: Value): this {
    super.set(key, value);
    this.#options.kept.changed(key, () => this.#options.write(value));
    return this;
  }

  override delete(key: string): boolean {
    if (!super.delete(key)) return false;
    this.#options.kept.delete(key);
    return true;
  }
}

type Instants = Pick<Clock, "now" | "monotonic">;

/** A monotonic instant in milliseconds since 1970. */
export const keptInstant = (clock: Instants, at: number): number => clock.now() + at - clock.monotonic();

/** And back, of something that has happened: it has not yet to come, though the wall clock has been set back meanwhile. */
export const pastInstant = (clock: Instants, kept: number): number => comingInstant(clock, kept, 0);

/** The same of something that comes in `mostMs` at the latest. */
export const comingInstant = (clock: Instants, kept: number, mostMs: number): number =>
  clock.monotonic() + Math.min(mostMs, kept - clock.now());
