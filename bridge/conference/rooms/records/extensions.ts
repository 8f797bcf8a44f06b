// Allocates extension numbers for rooms that are made without one. Numbers go round the range, so that a number that was just
// freed is given again last, and a caller who still dials the old meeting does not reach a new one.

export interface ExtensionRange {
  readonly first: number;
  readonly last: number;
}

const batchSize = 100;

/** Finds the free numbers of a range one after the other. */
export class ExtensionAllocator {
  readonly #range: ExtensionRange;
  readonly #taken: (numbers: readonly string[]) => Promise<ReadonlySet<string>>;
  #next: number;

  /** `taken` returns those of the numbers that are in use. */
  constructor(range: ExtensionRange, taken: (numbers: readonly string[]) => Promise<ReadonlySet<string>>) {
    this.#range = range;
    this.#taken = taken;
    this.#next = range.first;
  }

  /** Free numbers until the caller has taken one or the range has been gone round once. */
  async *free(): AsyncGenerator<string> {
    const { first, last } = this.#range;
    const size = last - first + 1;
    const start = this.#next - first;
    for (let from = 0; from < size; from += batchSize) {
      const length = Math.min(batchSize, size - from);
      const batch = Array.from({ length }, (_, index) => first + ((start + from + index) % size));
      const taken = await this.#taken(batch.map(String));
      for (const number of batch) {
        if (taken.has(String(number))) continue;
        this.#next = number === last ? first : number + 1;
        yield String(number);
      }
    }
  }
}
