// Numbers that come one after the other, or nearly so, and some of them twice: how many below the highest have not come.

export class Sequence {
  #next: number | undefined;
  readonly #early = new Set<number>();

  take(seq: number): void {
    this.#next ??= seq;
    if (seq >= this.#next) this.#early.add(seq);
    while (this.#early.delete(this.#next)) this.#next += 1;
  }

  /** Of those that came without a hole; 0 before the first. */
  get last(): number {
    return (this.#next ?? 1) - 1;
  }

  get missing(): number {
    return this.#early.size === 0 ? 0 : Math.max(...this.#early) - this.last - this.#early.size;
  }
}
