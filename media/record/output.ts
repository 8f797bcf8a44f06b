// Bytes on their way into one file: collected, written in large pieces, always at the end. Zeros may be skipped,
// which leaves a hole that takes no room on the disk. Throws what the system throws.

export interface Sink {
  write(bytes: Uint8Array, position: number): void;
  /** Makes the file at least this long. */
  extend(size: number): void;
  /** Resolves when what was written would survive a power cut. */
  sync(): Promise<void>;
  close(): void;
}

const bufferBytes = 64 * 1024;

export class RecordingOutput {
  readonly #sink: Sink;
  readonly #buffer = new Uint8Array(bufferBytes);
  #waiting = 0;
  /** Where the next byte of the buffer belongs. */
  #position: number;
  #size: number;

  constructor(sink: Sink, position = 0) {
    this.#sink = sink;
    this.#position = position;
    this.#size = position;
  }

  /** Where the file ends, once it has been flushed. */
  get end(): number {
    return this.#position + this.#waiting;
  }

  add(bytes: Uint8Array): void {
    if (this.#waiting + bytes.length > bufferBytes) this.#drain();
    if (bytes.length > bufferBytes) {
      this.#put(bytes);
      return;
    }
    this.#buffer.set(bytes, this.#waiting);
    this.#waiting += bytes.length;
  }

  /** So many zeros. */
  skip(bytes: number): void {
    this.#drain();
    this.#position += bytes;
  }

  flush(): void {
    this.#drain();
    if (this.#size >= this.#position) return;
    this.#sink.extend(this.#position);
    this.#size = this.#position;
  }

  #drain(): void {
    if (this.#waiting === 0) return;
    this.#put(this.#buffer.subarray(0, this.#waiting));
    this.#waiting = 0;
  }

  #put(bytes: Uint8Array): void {
    this.#sink.write(bytes, this.#position);
    this.#position += bytes.length;
    this.#size = this.#position;
  }
}
