// What lasts longer than this process, of one kind, by id: plain data that the next process finds (`services/live-state`
// keeps it). Tests and tools without a next process use `noStateRecords`.
export interface StateRecords<Value> {
  /** What the previous process has left: as it was at this start. */
  readonly previous: ReadonlyMap<string, Value>;
  /** Written at the end of this turn of the event loop; `value` is JSON. Never throws: what cannot be written is not gone on with. */
  put(id: string, value: Value): void;
  /** The same of what changes often: `take` says how it is at the end of the turn; undefined: it is over. */
  changed(id: string, take: () => Value | undefined): void;
  delete(id: string): void;
}

/** Keeps nothing. */
export const noStateRecords = <Value>(): StateRecords<Value> => ({
  previous: new Map(),
  put: () => {},
  changed: () => {},
  delete: () => {},
});
