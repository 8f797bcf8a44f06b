// A copy in the data folder of what does not end with the calls: wrong PINs that are counted, bans. The live state itself lies in
// the runtime folder, which a stop of the service or a start of the machine removes, and where no write waits for a disk. So the
// copy follows once a minute, written beside the event loop, and once more at an end in order; it is read when there is nothing in
// the runtime folder. A line is one record; one that cannot be read costs that record.
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { open, rename } from "node:fs/promises";
import { type Clock, errorCode, errorMessage, type Logger, type Timer } from "#common";

export interface LastingCopyOptions {
  readonly path: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** All there are now. May throw. */
  readonly rows: () => readonly LastingRow[];
}

/** `value`: JSON. */
export interface LastingRow {
  readonly kind: string;
  readonly id: string;
  readonly value: string;
}

/** Raised whenever a record changes its meaning: a copy of another version is not read. */
const version = 1;
const everyMs = 60_000;
/** More than all tables hold when they are full. */
const maxBytes = 64 * 2 ** 20;
/** Addresses and telephone numbers are in it. */
const mode = 0o600;

export class LastingCopy {
  readonly #options: LastingCopyOptions;
  #timer: Timer | undefined;
  #writing: Promise<void> = Promise.resolve();
  #closed = false;
  #failed = false;

  constructor(options: LastingCopyOptions) {
    this.#options = options;
  }

  /** There is something to write, in a minute at the latest. */
  changed(): void {
    if (this.#closed) return;
    this.#timer ??= this.#options.clock.after(everyMs, () => {
      this.#timer = undefined;
      this.#writing = this.#writing.then(() => this.#write());
    });
  }

  /** Resolves when what was begun is written. */
  get idle(): Promise<void> {
    return this.#writing;
  }

  /** Written as it is now, before the process ends. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#timer?.cancel();
    try {
      const text = this.#text();
      const { path } = this.#options;
      writeFileSync(`${path}.last`, text, { mode });
      renameSync(`${path}.last`, path);
    } catch (error) {
      this.#complain(error);
    }
  }

  async #write(): Promise<void> {
    const { path } = this.#options;
    try {
      const text = this.#text();
      const file = await open(`${path}.new`, "w", mode);
      try {
        await file.writeFile(text);
        await file.sync();
      } finally {
        await file.close();
      }
      // What the end has written is newer.
      if (!this.#closed) await rename(`${path}.new`, path);
      this.#failed = false;
    } catch (error) {
      this.#complain(error);
      this.changed();
    }
  }

  #text(): string {
    const lines = this.#options.rows().map(({ kind, id, value }) => {
      return `[${JSON.stringify(kind)},${JSON.stringify(id)},${value}]\n`;
    });
    return `${JSON.stringify({ version })}\n${lines.join("")}`;
  }

  /** A full disk is told of once. */
  #complain(error: unknown): void {
    if (!this.#failed) {
      this.#options.log.error(
        { path: this.#options.path, reason: errorMessage(error) },
        "a stop would forget wrong PINs and bans: they cannot be written to the data folder",
      );
    }
    this.#failed = true;
  }
}

/** What a copy says; nothing when there is none that can be read. */
export function readLastingCopy(path: string, log: Logger): readonly LastingRow[] {
  try {
    const text = readFileSync(path);
    if (text.length > maxBytes) throw new RangeError(`it has more than ${maxBytes} bytes`);
    const [head = "", ...lines] = text.toString().split("\n");
    if ((JSON.parse(head) as { version?: unknown } | null)?.version !== version) return [];
    return lines.flatMap((line) => rowOf(line) ?? []);
  } catch (error) {
    if (errorCode(error) !== "ENOENT")
      log.warn({ path, reason: errorMessage(error) }, "wrong PINs and bans of before cannot be read");
    return [];
  }
}

function rowOf(line: string): LastingRow | undefined {
  let row: unknown;
  try {
    row = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (!Array.isArray(row)) return undefined;
  const [kind, id, value] = row as readonly unknown[];
  const isRow = typeof kind === "string" && typeof id === "string" && value !== undefined;
  return isRow ? { kind, id, value: JSON.stringify(value) } : undefined;
}
