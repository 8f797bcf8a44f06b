// A serial queue for each key, kept while it contains jobs.
import { SerialQueue } from "./serial-queue.ts";

export class SerialQueues<Key> {
  readonly #queues = new Map<Key, SerialQueue>();

  /** Keys with jobs that have not finished. */
  get size(): number {
    return this.#queues.size;
  }

  /** Runs `job` after all earlier ones of that key have settled; rejects like `SerialQueue.run`. */
  async run<T>(key: Key, job: () => Promise<T> | T): Promise<T> {
    const queue = this.#queues.get(key) ?? new SerialQueue();
    this.#queues.set(key, queue);
    try {
      return await queue.run(job);
    } finally {
      if (queue.size === 0 && this.#queues.get(key) === queue) this.#queues.delete(key);
    }
  }
}
