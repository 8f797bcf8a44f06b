// Runs asynchronous jobs one after the other, such as a room's joins, re-INVITEs and commands. Bounded: a full queue rejects
// further jobs.
import { ParleyError } from "./errors.ts";

export class SerialQueue {
  #tail: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  readonly #limit: number;

  constructor(limit = 1000) {
    this.#limit = limit;
  }

  /** Jobs that have not finished, the running one included. */
  get size(): number {
    return this.#waiting;
  }

  /** Runs `job` after all earlier ones have settled; rejects with QUEUE_FULL when too many wait. */
  run<T>(job: () => Promise<T> | T): Promise<T> {
    if (this.#waiting >= this.#limit) {
      return Promise.reject(new ParleyError("QUEUE_FULL", `more than ${this.#limit} operations are waiting`));
    }
    this.#waiting += 1;
    const result = this.#tail.then(job).finally(() => {
      this.#waiting -= 1;
    });
    this.#tail = result.catch(() => {});
    return result;
  }

  /** Resolves when everything queued so far has settled. */
  async idle(): Promise<void> {
    await this.#tail;
  }
}
