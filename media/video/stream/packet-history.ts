// What a viewer was sent of late, to be sent again when it misses it. The payloads are those of all viewers of the same
// pictures; only what stands in the header is the viewer's own. Fixed memory but for the payloads that are kept alive.

/** Two seconds of 2 Mbit/s. */
const capacity = 512;

export interface SentPacket {
  readonly sequence: number;
  readonly timestamp: number;
  readonly marker: boolean;
  readonly payload: Uint8Array;
}

export class PacketHistory {
  readonly #payloads: (Uint8Array | undefined)[] = Array.from({ length: capacity });
  readonly #sequences = new Int32Array(capacity).fill(-1);
  readonly #timestamps = new Float64Array(capacity);
  readonly #markers = new Uint8Array(capacity);
  /** When it was sent last, monotonic milliseconds. */
  readonly #sentAt = new Float64Array(capacity);

  keep({ sequence, timestamp, marker, payload }: SentPacket, now: number): void {
    const place = sequence % capacity;
    this.#payloads[place] = payload;
    this.#sequences[place] = sequence;
    this.#timestamps[place] = timestamp;
    this.#markers[place] = marker ? 1 : 0;
    this.#sentAt[place] = now;
  }

  /** The packet, if it is known and was not sent within `restMs`; it counts as sent again now. */
  take(sequence: number, now: number, restMs: number): SentPacket | undefined {
    const place = sequence % capacity;
    const payload = this.#payloads[place];
    if (!payload || this.#sequences[place] !== sequence || now - this.#sentAt[place]! < restMs)
      return undefined;
    this.#sentAt[place] = now;
    return { sequence, timestamp: this.#timestamps[place]!, marker: this.#markers[place] === 1, payload };
  }

  clear(): void {
    this.#payloads.fill(undefined);
  }
}
