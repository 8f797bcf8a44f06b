// Gathers records for a moment and writes them together: one transaction for all that happens in the meantime, because
// each makes the disk wait. A database that fails is tried again; what waits is bounded, and the oldest are given up.
import { BoundedMap, type CallId, type Clock, errorCode, type Logger, type Timer } from "#common";
import type { CallRecordsRepository, StoredCall } from "./types.ts";

const gatherMs = 50;
const retryMs = 2000;
const maxWaiting = 10_000;
const maxTogether = 500;

export class RecordWriter {
  readonly #repository: Pick<CallRecordsRepository, "put">;
  readonly #clock: Clock;
  readonly #log: Logger;
  /** The newest of each call. */
  readonly #waiting = new BoundedMap<CallId, StoredCall>({
    most: maxWaiting,
    onDrop: () => {
      this.dropped += 1;
    },
  });
  #timer: Timer | undefined;
  #writing: Promise<void> | undefined;
  #failing = false;
  #closed = false;
  dropped = 0;
  failures = 0;

  constructor(repository: Pick<CallRecordsRepository, "put">, clock: Clock, log: Logger) {
    this.#repository = repository;
    this.#clock = clock;
    this.#log = log;
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  put(record: StoredCall): void {
    this.#waiting.set(record.id, record);
    if (!this.#failing) this.#arm(gatherMs);
  }

  /** Resolves when everything put so far is in the database, or could not be. */
  async flush(): Promise<void> {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#writing ??= this.#write().finally(() => {
      this.#writing = undefined;
    });
    await this.#writing;
  }

  /** Writes the records that wait; nothing is tried again. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.flush();
    await this.flush();
  }

  #arm(delayMs: number): void {
    if (this.#closed) return;
    this.#timer ??= this.#clock.after(delayMs, () => {
      this.#timer = undefined;
      void this.flush();
    });
  }

  async #write(): Promise<void> {
    while (this.#waiting.size > 0) {
      const batch = [...this.#waiting.values()].slice(0, maxTogether);
      try {
        await this.#repository.put(batch);
      } catch (error) {
        this.#failed(error);
        return;
      }
      for (const record of batch) {
        if (this.#waiting.get(record.id) === record) this.#waiting.delete(record.id);
      }
      if (this.#failing) this.#log.info("call records are written again");
      this.#failing = false;
    }
  }

  #failed(error: unknown): void {
    this.failures += 1;
    if (!this.#failing) {
      this.#log.error({ err: error, code: errorCode(error) }, "call records cannot be written");
    }
    this.#failing = true;
    this.#arm(retryMs);
  }
}
