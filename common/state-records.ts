// Snapshots of one kind of object, by id: plain data (JSON) from which the next process continues. `services/live-state` stores
// them. Tests and tools without a next process use `noStateRecords`.
export interface StateRecords<Value> {
  /** The records of the previous process, as they were at this start. */
  readonly previous: ReadonlyMap<string, Value>;
  /** Written at the end of this turn of the event loop; `value` is JSON. Never throws: a record that cannot be written is not resumed. */
  put(id: string, value: Value): void;
  /** The same for a record that changes often: `take` returns its value at the end of the turn; undefined deletes it. */
  changed(id: string, take: () => Value | undefined): void;
  delete(id: string): void;
}

/** Stores nothing. */
export const noStateRecords = <Value>(): StateRecords<Value> => ({
  previous: new Map(),
  put: () => {},
  changed: () => {},
  delete: () => {},
});
