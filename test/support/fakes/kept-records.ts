// What a process leaves for the next one, in memory; through JSON, as a file would keep it.
import type { KeptRecords } from "#common";

export class FakeRecords<Value> implements KeptRecords<Value> {
  readonly left: ReadonlyMap<string, Value>;
  readonly #kept: Map<string, string>;

  constructor(kept: ReadonlyMap<string, string> = new Map()) {
    this.#kept = new Map(kept);
    this.left = this.now;
  }

  /** As it would be found if the process died now. */
  get now(): ReadonlyMap<string, Value> {
    return new Map([...this.#kept].map(([id, value]) => [id, JSON.parse(value) as Value]));
  }

  put(id: string, value: Value): void {
    this.#kept.set(id, JSON.stringify(value));
  }

  delete(id: string): void {
    this.#kept.delete(id);
  }

  /** The records of the process after this one. */
  next(): FakeRecords<Value> {
    return new FakeRecords(this.#kept);
  }
}
