// One file of a recording while it is written: every frame of 20 ms has its position in time. What is missing is
// written as silence, so that all tracks of a recording keep the same time.
import type { Encoding, RecordedPicture } from "./encoding.ts";
import { RecordingOutput, type Sink } from "./output.ts";
import type { RateChange } from "./rate-change.ts";

export class Track {
  readonly #sink: Sink;
  readonly #encoding: Encoding;
  readonly #rates: RateChange;
  readonly #output: RecordingOutput;
  readonly #headBytes: number;
  #frames = 0;
  #syncing: Promise<void> | undefined;
  #closed = false;

  constructor(sink: Sink, encoding: Encoding, rates: RateChange) {
    this.#sink = sink;
    this.#encoding = encoding;
    this.#rates = rates;
    const head = encoding.head(0);
    this.#headBytes = head?.length ?? 0;
    if (head) sink.write(head, 0);
    this.#output = new RecordingOutput(sink, this.#headBytes);
  }

  /** How many frames there are. */
  get frames(): number {
    return this.#frames;
  }

  /** One frame, of whatever rate, at its position; one that comes too late for it is left out. */
  write(position: number, samples: Int16Array): void {
    if (position < this.#frames) return;
    this.pad(position);
    this.#encoding.encode(this.#rates.convert(position, samples), this.#output);
    this.#frames = position + 1;
  }

  /** A frame that is not to be written, before the rate changes. */
  prepare(position: number, samples: Int16Array): void {
    this.#rates.prepare(position, samples);
  }

  /** A picture of the room, where the format has any. */
  picture(picture: RecordedPicture): void {
    this.#encoding.picture?.(picture);
  }

  /** Silence up to this position. */
  pad(position: number): void {
    if (position <= this.#frames) return;
    this.#encoding.silence(position - this.#frames, this.#output);
    this.#frames = position;
  }

  /** Afterwards the file holds, and says that it holds, all that could be encoded. */
  flush(): void {
    this.#output.flush();
    const head = this.#encoding.head(this.#output.end - this.#headBytes);
    if (head) this.#sink.write(head, 0);
  }

  /** Asks the disk to keep what was flushed, unless it is still busy with that. */
  sync(): Promise<void> {
    this.#syncing ??= this.#sink.sync().finally(() => {
      this.#syncing = undefined;
    });
    return this.#syncing;
  }

  /** The end of a good file. */
  async finish(): Promise<void> {
    this.#encoding.finish(this.#output);
    this.flush();
    await this.#syncing?.catch(() => {});
    await this.#sink.sync();
    this.close();
  }

  /** Leaves the file as it is; idempotent. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#encoding.free();
    this.#sink.close();
  }
}
