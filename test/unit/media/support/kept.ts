// Records that outlive a control process, in memory and as JSON, as a file would keep them.
import type { KeptRecords } from "#common";
import type { KeptMedia } from "#media/client";

export class MemoryRecords<Value> implements KeptRecords<Value> {
  readonly #written = new Map<string, string>();
  left: ReadonlyMap<string, Value> = new Map();

  put(id: string, value: Value): void {
    this.#written.set(id, JSON.stringify(value));
  }

  delete(id: string): void {
    this.#written.delete(id);
  }

  get written(): ReadonlyMap<string, Value> {
    return new Map([...this.#written].map(([id, text]) => [id, JSON.parse(text) as Value]));
  }

  /** The next control process starts. */
  turn(): void {
    this.left = this.written;
  }
}

export const keptMedia = () =>
  ({
    workers: new MemoryRecords(),
    rooms: new MemoryRecords(),
    legs: new MemoryRecords(),
    checkpoints: new MemoryRecords(),
  }) satisfies { [Name in keyof KeptMedia]: MemoryRecords<never> } as {
    readonly [Name in keyof KeptMedia]: KeptMedia[Name] extends KeptRecords<infer Value>
      ? MemoryRecords<Value>
      : never;
  };
