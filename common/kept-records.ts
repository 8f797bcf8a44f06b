// What lasts longer than this process, of one kind, by id: plain data that the next process finds (`services/live-state`
// keeps it). Absent in tests and in tools that are not to be gone on for.
export interface KeptRecords<Value> {
  /** What the process before has left: as it was at this start. */
  readonly left: ReadonlyMap<string, Value>;
  /** Written at the end of this turn of the event loop; `value` is JSON. Never throws: what cannot be written is not gone on with. */
  put(id: string, value: Value): void;
  delete(id: string): void;
}

/** Of a process that nothing goes on for. */
export const noRecords = <Value>(): KeptRecords<Value> => ({
  left: new Map(),
  put: () => {},
  delete: () => {},
});

/**
 * Snapshots of things that change often, in such records: one is taken at the end of the turn of the event loop in which
 * something has changed, and written if it differs from the last one.
 */
export class KeptSnapshots<Value> {
  readonly #records: KeptRecords<Value>;
  readonly #changed = new Map<string, () => Value | undefined>();
  readonly #written = new Map<string, string>();
  #due: NodeJS.Immediate | undefined;

  constructor(records: KeptRecords<Value>) {
    this.#records = records;
  }

  get left(): ReadonlyMap<string, Value> {
    return this.#records.left;
  }

  /** `take`: how it is then; undefined: it is over. */
  changed(id: string, take: () => Value | undefined): void {
    this.#changed.set(id, take);
    this.#due ??= setImmediate(() => this.flush());
  }

  /** What has changed is written now. */
  flush(): void {
    clearImmediate(this.#due);
    this.#due = undefined;
    for (const [id, take] of this.#changed) this.#write(id, take());
    this.#changed.clear();
  }

  #write(id: string, value: Value | undefined): void {
    if (value === undefined) {
      this.#written.delete(id);
      this.#records.delete(id);
      return;
    }
    const text = JSON.stringify(value);
    if (this.#written.get(id) === text) return;
    this.#written.set(id, text);
    this.#records.put(id, value);
  }
}
