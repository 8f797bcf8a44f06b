// The packets that wait to be played, in a ring indexed by sequence number: 64 places, filled out of order,
// emptied in order, allocated once. A payload is copied in, so that no network buffer lives past its arrival.
import type { AudioCodec } from "../audio/codec.ts";
import type { RtpHeader } from "./packet.ts";
import { addToSequence, sequenceDistance } from "./serial.ts";

const places = 64;
/** 120 ms of G.711; a longer payload is no audio that was agreed. */
const maxPayloadBytes = 960;

/** One place. A packet without a codec carries no audio but keeps the sequence whole: keys, comfort noise. */
export interface WaitingPacket {
  filled: boolean;
  sequence: number;
  timestamp: number;
  codec: AudioCodec | undefined;
  payload: Uint8Array;
}

export type InsertVerdict = "inserted" | "duplicate" | "late" | "ahead" | "oversized";

export class PacketRing {
  /** The lowest sequence number that has not been taken. */
  next = 0;
  size = 0;
  readonly #places: readonly WaitingPacket[];
  readonly #memory: readonly Uint8Array[];

  constructor() {
    this.#memory = Array.from({ length: places }, () => new Uint8Array(maxPayloadBytes));
    this.#places = this.#memory.map((payload) => ({
      filled: false,
      sequence: -1,
      timestamp: 0,
      codec: undefined,
      payload,
    }));
  }

  /** Empties the ring; `sequence` is the next to be taken. */
  restart(sequence: number): void {
    for (const place of this.#places) {
      place.filled = false;
      place.sequence = -1;
    }
    this.size = 0;
    this.next = sequence;
  }

  /** `ahead`: further than the ring reaches; nothing was kept. */
  insert(packet: Uint8Array, header: Readonly<RtpHeader>, codec: AudioCodec | undefined): InsertVerdict {
    const length = codec ? header.payloadEnd - header.payloadStart : 0;
    if (length > maxPayloadBytes) return "oversized";
    const index = header.sequence % places;
    const place = this.#places[index]!;
    const ahead = sequenceDistance(header.sequence, this.next);
    if (ahead < 0) return place.sequence === header.sequence ? "duplicate" : "late";
    if (ahead >= places) return "ahead";
    if (place.filled) return "duplicate";
    place.filled = true;
    place.sequence = header.sequence;
    place.timestamp = header.timestamp;
    place.codec = codec;
    if (place.payload.length !== length) place.payload = this.#memory[index]!.subarray(0, length);
    for (let at = 0; at < length; at += 1) place.payload[at] = packet[header.payloadStart + at]!;
    this.size += 1;
    return "inserted";
  }

  /** The packet that comes next, whatever is missing before it; it stays. */
  peek(): WaitingPacket | undefined {
    if (this.size === 0) return undefined;
    for (let offset = 0; offset < places; offset += 1) {
      const place = this.#places[(this.next + offset) % places]!;
      if (place.filled) return place;
    }
    return undefined;
  }

  /** Takes the packet that `peek` showed; its payload stays readable until its place is filled again. */
  take(packet: WaitingPacket): void {
    packet.filled = false;
    this.size -= 1;
    this.next = addToSequence(packet.sequence, 1);
  }
}
