// A bounded map whose entries are stored for the next process. `write` and `read` convert between a value and its record, which is
// JSON. Monotonic instants are not valid in another process: they are stored as wall-clock time.
import { BoundedMap } from "./bounded-map.ts";
import type { Clock } from "./clock.ts";
import type { StateRecords } from "./state-records.ts";

export interface PersistentMapOptions<Value, Stored> {
  /** Entries, at least 1. */
  readonly most: number;
  readonly records: StateRecords<Stored>;
  /** Another version may have written it: what is none is forgotten. */
  readonly isStored: (record: unknown) => record is Stored;
  readonly write: (value: Value) => Stored;
  readonly read: (stored: Stored) => Value;
}

export class PersistentMap<Value, Stored> extends BoundedMap<string, Value> {
  readonly #options: PersistentMapOptions<Value, Stored>;

  constructor(options: PersistentMapOptions<Value, Stored>) {
    super({ most: options.most });
    this.#options = options;
    const { records, isStored, read } = options;
    for (const [key, stored] of records.previous) {
      if (isStored(stored)) super.set(key, read(stored));
      else records.delete(key);
    }
  }

  /** Stored as it is at the end of this turn of the event loop. */
  override set(key: string, value: Value): this {
    super.set(key, value);
    this.#options.records.changed(key, () => this.#options.write(value));
    return this;
  }

  override delete(key: string): boolean {
    if (!super.delete(key)) return false;
    this.#options.records.delete(key);
    return true;
  }
}

type Instants = Pick<Clock, "now" | "monotonic">;

/** A monotonic instant in milliseconds since 1970. */
export const wallClockInstant = (clock: Instants, at: number): number => clock.now() + at - clock.monotonic();

/** The reverse for a past instant: never later than now, even if the wall clock has been set back in the meantime. */
export const pastInstant = (clock: Instants, wallClock: number): number => comingInstant(clock, wallClock, 0);

/** The reverse for a future instant: at most `maxMs` from now. */
export const comingInstant = (clock: Instants, wallClock: number, maxMs: number): number =>
  clock.monotonic() + Math.min(maxMs, wallClock - clock.now());
