// One device of one's own, a microphone, camera or screen: at most one stream of it is open, and it is the one that was asked for last.
// Browsers answer late: a stream that comes after another one was asked for, or after the device was closed, is stopped at once.
import { type ReadonlySignal, signal } from "@preact/signals";

/** A `MediaStream`, as far as it is closed. */
interface Stream {
  getTracks(): readonly { stop(): void }[];
}

export class Capture<Opened extends Stream> {
  readonly #stream = signal<Opened | undefined>(undefined);
  /** Counts what has been asked for, closing included. */
  #asked = 0;

  /** The open one; undefined: none. */
  get stream(): ReadonlySignal<Opened | undefined> {
    return this.#stream;
  }

  /**
   * The one that is open stays so until the new one is there. Undefined when something else has been asked for in the meantime.
   * @throws what `ask` rejects with, unless something else has been asked for
   */
  async open(ask: () => Promise<Opened>): Promise<Opened | undefined> {
    this.#asked += 1;
    const asked = this.#asked;
    let opened: Opened;
    try {
      opened = await ask();
    } catch (error) {
      if (asked !== this.#asked) return undefined;
      throw error;
    }
    if (asked !== this.#asked) {
      stop(opened);
      return undefined;
    }
    const before = this.#stream.peek();
    this.#stream.value = opened;
    stop(before);
    return opened;
  }

  close(): void {
    this.#asked += 1;
    stop(this.#stream.peek());
    this.#stream.value = undefined;
  }
}

function stop(stream: Stream | undefined): void {
  for (const track of stream?.getTracks() ?? []) track.stop();
}
