// What a tick brings to be sent: bytes that may be cut anywhere, one packet, two short ones, or none when a
// packet takes several ticks to fill. The bytes are a view of exactly their length, kept from tick to tick, so
// that a leg can copy them in one step and nothing is allocated while the length stays the same.

/** Two packets of a codec of variable rate, one tick of any other several times over. */
const maxBytes = 2550;

export class TickPayload {
  bytes: Uint8Array;
  /** Where the second packet begins; 0 when there is but one. */
  split = 0;
  /** How many ticks of audio the bytes are, this one being the last. */
  ticks = 1;
  /** Nothing is to be heard: most packets are left out. */
  paused = false;
  readonly memory = new Uint8Array(maxBytes);

  constructor() {
    this.bytes = this.memory.subarray(0, 0);
  }

  /** The first `length` bytes of the memory are this tick's. */
  hold(length: number, split = 0): void {
    if (length !== this.bytes.length) this.bytes = this.memory.subarray(0, length);
    this.split = split;
  }
}
