// The encoded audio of one tick: bytes that may be cut anywhere, one packet, two short ones, or none while a packet of several
// ticks is filled. The bytes are a view of exactly their length, kept from tick to tick, so that a leg can copy them in one step
// and nothing is allocated while the length stays the same.

/** Two packets of a codec of variable rate, one tick of any other several times over. */
const maxBytes = 2550;

export class TickPayload {
  bytes: Uint8Array;
  /** The offset of the second packet; 0 when there is only one. */
  split = 0;
  /** The number of ticks in the bytes; this tick is the last of them. */
  ticks = 1;
  /** Silence in discontinuous transmission: most packets are left out. */
  paused = false;
  readonly memory = new Uint8Array(maxBytes);

  constructor() {
    this.bytes = this.memory.subarray(0, 0);
  }

  /** Sets this tick's bytes to the first `length` bytes of the memory. */
  hold(length: number, split = 0): void {
    if (length !== this.bytes.length) this.bytes = this.memory.subarray(0, length);
    this.split = split;
  }
}
