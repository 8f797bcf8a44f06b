// A map with a bounded number of entries, for data that unauthenticated peers can add to: setting an entry puts it last, and when
// there are too many, the entry that was set longest ago is dropped. Reading does not change the order.

export interface BoundedMapOptions<Key, Value> {
  /** Entries, at least 1. */
  readonly most: number;
  /** Called for each entry that is dropped, not for entries that are deleted or replaced. */
  readonly onDrop?: (value: Value, key: Key) => void;
}

export class BoundedMap<Key, Value> extends Map<Key, Value> {
  readonly #options: BoundedMapOptions<Key, Value>;

  constructor(options: BoundedMapOptions<Key, Value>) {
    super();
    this.#options = options;
  }

  override set(key: Key, value: Value): this {
    this.delete(key);
    super.set(key, value);
    if (this.size > this.#options.most) this.#dropOldest();
    return this;
  }

  #dropOldest(): void {
    for (const [key, value] of this) {
      this.delete(key);
      this.#options.onDrop?.(value, key);
      return;
    }
  }
}
