// The thread that writes the database, as this thread sees it: turns are granted in order, and the holder of the turn runs
// statements, one at a time. A thread that has died is started again with the next turn; what was asked of it has failed.
import { Worker } from "node:worker_threads";
import type { QueryResult } from "kysely";
import { ParleyError } from "#common";
import type { StatementParts } from "./run-statement.ts";

interface Failure {
  readonly code: string | undefined;
  readonly message: string;
}

export type ToWriteThread =
  | ({ readonly kind: "run"; readonly id: number } & StatementParts)
  /** The schema has changed: prepared statements are forgotten. */
  | { readonly kind: "forget" }
  | { readonly kind: "close" };

export type FromWriteThread =
  | { readonly kind: "open" }
  | { readonly kind: "refused"; readonly failure: Failure }
  | { readonly kind: "done"; readonly id: number; readonly result: QueryResult<unknown> }
  | { readonly kind: "failed"; readonly id: number; readonly failure: Failure };

/** The right to write, exclusive until it is given back. */
export interface Turn {
  run(statement: StatementParts): Promise<QueryResult<unknown>>;
  /** Idempotent. */
  end(): void;
}

/** Turns that are waited for: what a disk that stands still makes of a busy bridge in minutes. */
const maxWaiting = 20_000;
/** For the few rows of a statement. */
const youngGenerationMb = 4;

export class Writer {
  readonly #path: string;
  #thread: Thread | undefined;
  #last: Promise<void> = Promise.resolve();
  #waiting = 0;
  #closed: Promise<void> | undefined;

  /** Rejects with what SQLite or the system says of a file that cannot be written. */
  static async open(path: string): Promise<Writer> {
    const writer = new Writer(path);
    await writer.#living().opened;
    return writer;
  }

  private constructor(path: string) {
    this.#path = path;
  }

  /** Resolves when it is one's turn. Rejects with DATABASE_LOCKED when too many wait. */
  async turn(): Promise<Turn> {
    if (this.#waiting >= maxWaiting) {
      throw new ParleyError("DATABASE_LOCKED", `${maxWaiting} changes wait for the disk of the database`);
    }
    this.#waiting += 1;
    const before = this.#last;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#last = promise;
    await before;
    this.#waiting -= 1;
    // The same for all statements of the turn: a transaction does not go on in another thread.
    const thread = this.#living();
    return { run: (statement) => thread.run(statement), end: resolve };
  }

  forgetStatements(): void {
    this.#thread?.post({ kind: "forget" });
  }

  /** Once all turns are over. Resolves when the file is closed; idempotent. */
  close(): Promise<void> {
    this.#closed ??= this.#last.then(async () => {
      this.#thread?.post({ kind: "close" });
      await this.#thread?.ended;
    });
    return this.#closed;
  }

  #living(): Thread {
    if (!this.#thread?.alive) this.#thread = new Thread(this.#path);
    return this.#thread;
  }
}

class Thread {
  alive = true;
  /** Rejects when the file cannot be written. */
  readonly opened: Promise<void>;
  readonly ended: Promise<void>;
  readonly #worker: Worker;
  readonly #asked = new Map<number, PromiseWithResolvers<QueryResult<unknown>>>();
  #lastId = 0;
  #failure: Error | undefined;

  constructor(path: string) {
    const opened = Promise.withResolvers<void>();
    this.opened = opened.promise;
    // A failure to open reaches the callers through their statements.
    this.opened.catch(() => {});
    const resourceLimits = { maxYoungGenerationSizeMb: youngGenerationMb };
    const options = { name: "database", workerData: path, resourceLimits };
    this.#worker = new Worker(new URL("./write-thread.ts", import.meta.url), options);
    this.#worker.on("message", (message: FromWriteThread) => this.#receive(message, opened));
    this.#worker.on("error", (error) => {
      this.#failure ??= error;
    });
    this.ended = new Promise((resolve) => {
      this.#worker.once("exit", () => {
        this.alive = false;
        const error =
          this.#failure ?? new ParleyError("DATABASE_LOCKED", "the thread of the database has ended");
        opened.reject(error);
        for (const { reject } of this.#asked.values()) reject(error);
        this.#asked.clear();
        resolve();
      });
    });
  }

  run({ sql, parameters }: StatementParts): Promise<QueryResult<unknown>> {
    if (!this.alive)
      return Promise.reject(this.#failure ?? new Error("the thread of the database has ended"));
    this.#lastId += 1;
    const asked = Promise.withResolvers<QueryResult<unknown>>();
    this.#asked.set(this.#lastId, asked);
    this.post({ kind: "run", id: this.#lastId, sql, parameters });
    return asked.promise;
  }

  post(message: ToWriteThread): void {
    this.#worker.postMessage(message);
  }

  #receive(message: FromWriteThread, opened: PromiseWithResolvers<void>): void {
    if (message.kind === "open") {
      opened.resolve();
      return;
    }
    if (message.kind === "refused") {
      this.#failure = errorOf(message.failure);
      opened.reject(this.#failure);
      return;
    }
    const asked = this.#asked.get(message.id);
    this.#asked.delete(message.id);
    if (message.kind === "done") asked?.resolve(message.result);
    else asked?.reject(errorOf(message.failure));
  }
}

const errorOf = ({ code, message }: Failure): Error =>
  Object.assign(new Error(message), code === undefined ? {} : { code });
