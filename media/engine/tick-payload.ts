// One tick's encoded audio. The bytes are a view of exactly their length, kept from tick to tick, so that a
// leg can copy them in one step and nothing is allocated while the length stays the same.
import type { AudioCodec } from "../audio/index.ts";

/** One tick of any codec at 64 kbit/s, several times over. */
const maxBytes = 1500;

export class TickPayload {
  bytes: Uint8Array;
  readonly #memory = new Uint8Array(maxBytes);

  constructor() {
    this.bytes = this.#memory;
  }

  encode(codec: AudioCodec, pcm: Int16Array): void {
    const length = codec.encode(pcm, this.#memory);
    if (length !== this.bytes.length) this.bytes = this.#memory.subarray(0, length);
  }
}
