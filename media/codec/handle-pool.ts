// Codec handles that are made asynchronously, for streams that begin synchronously, in the tick too: a few are kept ready.
// Each caller of `prepare` has a turn of its own, in order, and an error of making one is its alone. A stream that finds
// none, because more began in one turn of the event loop than were ready, takes one a moment later.

export class HandlePool<Handle> {
  readonly #make: () => Promise<Handle>;
  readonly #size: number;
  readonly #ready: Handle[] = [];
  #lastTurn: Promise<void> = Promise.resolve();
  #filling = false;

  /** `size`: how many are ready when nothing is going on. */
  constructor(make: () => Promise<Handle>, size: number) {
    this.#make = make;
    this.#size = size;
  }

  /** Ready at this moment. */
  get ready(): number {
    return this.#ready.length;
  }

  /** Resolves when it is full, after those who have asked before. Rejects when one could not be made and none is ready. */
  prepare(): Promise<void> {
    const turn = this.#lastTurn.then(() => this.#fill());
    this.#lastTurn = turn.catch(() => {});
    return turn;
  }

  /** Undefined when none is ready; others are being made then. */
  take(): Handle | undefined {
    const handle = this.#ready.pop();
    if (!this.#filling) {
      this.#filling = true;
      this.prepare()
        .catch(() => {})
        .finally(() => {
          this.#filling = false;
        });
    }
    return handle;
  }

  async #fill(): Promise<void> {
    while (this.#ready.length < this.#size) {
      try {
        this.#ready.push(await this.#make());
      } catch (error) {
        if (this.#ready.length === 0) throw error;
        return;
      }
    }
  }
}
