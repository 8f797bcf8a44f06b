// Whose pictures are being dealt with at this moment, in a file that outlives this process: when a bitstream kills it, or keeps it for
// ever, the worker reads there whose it was. Sixteen bytes: the source's number + 1 (0: none), and since when.
import { writeSync } from "node:fs";

export const markBytes = 16;
const numberAt = 0;
const sinceAt = 8;

export interface Decoding {
  readonly source: number;
  /** CLOCK_MONOTONIC, milliseconds. */
  readonly since: number;
}

/** Undefined: nothing was being decoded. */
export function readMark(mark: Buffer): Decoding | undefined {
  const number = mark.length < markBytes ? 0 : mark.readUInt32LE(numberAt);
  return number === 0 ? undefined : { source: number - 1, since: mark.readDoubleLE(sinceAt) };
}

export class DecodingMark {
  readonly #buffer = Buffer.alloc(markBytes);
  #fd: number | undefined;

  /** Undefined: nothing is marked. */
  constructor(fd: number | undefined) {
    this.#fd = fd;
  }

  /** `now`: CLOCK_MONOTONIC, milliseconds. */
  begin(source: number, now: number): void {
    this.#write(source + 1, now);
  }

  end(): void {
    this.#write(0, 0);
  }

  /** Into the page cache, which survives the process. */
  #write(number: number, now: number): void {
    if (this.#fd === undefined) return;
    this.#buffer.writeUInt32LE(number, numberAt);
    this.#buffer.writeDoubleLE(now, sinceAt);
    try {
      writeSync(this.#fd, this.#buffer, 0, markBytes, 0);
    } catch {
      this.#fd = undefined;
    }
  }
}
