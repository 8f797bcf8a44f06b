// What a process leaves for the next one, in memory; through JSON, as a file would keep it.
import type { StateRecords } from "#common";

export class FakeRecords<Value> implements StateRecords<Value> {
  readonly previous: ReadonlyMap<string, Value>;
  readonly #kept: Map<string, string>;
  readonly #changed = new Map<string, () => Value | undefined>();

  constructor(kept: ReadonlyMap<string, string> = new Map()) {
    this.#kept = new Map(kept);
    this.previous = this.now;
  }

  /** As it would be found if the process died now. */
  get now(): ReadonlyMap<string, Value> {
    this.#take();
    return new Map([...this.#kept].map(([id, value]) => [id, JSON.parse(value) as Value]));
  }

  put(id: string, value: Value): void {
    this.#changed.delete(id);
    this.#kept.set(id, JSON.stringify(value));
  }

  changed(id: string, take: () => Value | undefined): void {
    this.#changed.set(id, take);
  }

  delete(id: string): void {
    this.#changed.delete(id);
    this.#kept.delete(id);
  }

  /** The records of the process after this one. */
  next(): FakeRecords<Value> {
    this.#take();
    return new FakeRecords(this.#kept);
  }

  #take(): void {
    for (const [id, take] of this.#changed) {
      const value = take();
      if (value === undefined) this.#kept.delete(id);
      else this.#kept.set(id, JSON.stringify(value));
    }
    this.#changed.clear();
  }
}
