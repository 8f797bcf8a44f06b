// The packets that wait to be played, in a ring indexed by sequence number: 64 places, filled out of order,
// emptied in order. A payload is copied in, so that no network buffer lives past its arrival. The copies are
// reused last in, first out: a quiet network needs three of them, the worst one 64, and they stay in the cache.
import type { AudioDecoder } from "../codec/index.ts";
import type { RtpHeader } from "../rtp/index.ts";
import { addToSequence, addToTimestamp, sequenceDistance } from "../rtp/index.ts";

const places = 64;
/** 200 ms of G.711 or G.722 (RFC 3551 §4.2), and more than a frame of Opus has; a longer payload is no audio that was agreed. */
export const maxPayloadBytes = 1600;

/** A packet without a codec carries no audio but keeps the sequence whole: keys, comfort noise. */
export interface WaitingPacket {
  sequence: number;
  timestamp: number;
  codec: AudioDecoder | undefined;
  /** What the packet says of its own level, −dBov (RFC 6464). */
  audioLevel: number | undefined;
  /** A view of exactly the payload's length, at the start of `memory`. */
  payload: Uint8Array;
  readonly memory: Uint8Array;
}

export type InsertVerdict = "inserted" | "duplicate" | "late" | "ahead";

export class PacketRing {
  /** The lowest sequence number that has not been taken. */
  next = 0;
  size = 0;
  readonly #places: (WaitingPacket | undefined)[] = Array.from({ length: places }, () => undefined);
  readonly #free: WaitingPacket[] = [];
  /** The last sequence number that each place held, to tell a duplicate from a late packet. */
  readonly #seen = new Int32Array(places).fill(-1);

  /** Empties the ring; `sequence` is the next to be taken. */
  restart(sequence: number): void {
    for (let packet = this.peek(); packet; packet = this.peek()) this.take(packet);
    this.#seen.fill(-1);
    this.next = sequence;
  }

  /** The stream goes on under other numbers and stamps: what waits gets those that it would have. */
  renumber(by: number, stampsBy: number): void {
    const waiting = this.#places.filter((packet) => packet !== undefined);
    this.#places.fill(undefined);
    this.#seen.fill(-1);
    for (const packet of waiting) {
      packet.sequence = addToSequence(packet.sequence, by);
      packet.timestamp = addToTimestamp(packet.timestamp, stampsBy);
      const index = packet.sequence % places;
      this.#places[index] = packet;
      this.#seen[index] = packet.sequence;
    }
    this.next = addToSequence(this.next, by);
  }

  /** A payload of at most `maxPayloadBytes`. `ahead`: further than the ring reaches; nothing was kept. */
  insert(packet: Uint8Array, header: Readonly<RtpHeader>, codec: AudioDecoder | undefined): InsertVerdict {
    const { sequence, payloadStart } = header;
    const length = codec ? header.payloadEnd - payloadStart : 0;
    const index = sequence % places;
    const ahead = sequenceDistance(sequence, this.next);
    if (ahead >= places) return "ahead";
    if (this.#seen[index] === sequence) return "duplicate";
    if (ahead < 0) return "late";
    const waiting = this.#free.pop() ?? newPacket();
    waiting.sequence = sequence;
    waiting.timestamp = header.timestamp;
    waiting.codec = codec;
    waiting.audioLevel = header.audioLevel;
    if (waiting.payload.length !== length) waiting.payload = waiting.memory.subarray(0, length);
    for (let at = 0; at < length; at += 1) waiting.memory[at] = packet[payloadStart + at]!;
    this.#places[index] = waiting;
    this.#seen[index] = sequence;
    this.size += 1;
    return "inserted";
  }

  /** The packet that comes next, whatever is missing before it; it stays. */
  peek(): WaitingPacket | undefined {
    if (this.size === 0) return undefined;
    for (let offset = 0; offset < places; offset += 1) {
      const packet = this.#places[(this.next + offset) % places];
      if (packet) return packet;
    }
    return undefined;
  }

  /** The packets that wait follow each other from `next` on, and all are of `codec`. */
  isWhole(codec: AudioDecoder): boolean {
    for (let offset = 0; offset < this.size; offset += 1) {
      if (this.at(offset)?.codec !== codec) return false;
    }
    return true;
  }

  /** The packet so many places after the next. */
  at(offset: number): WaitingPacket | undefined {
    return this.#places[(this.next + offset) % places];
  }

  /** The next packets were played, whether they are here or not. */
  skip(packets: number): void {
    for (let count = 0; count < packets; count += 1) {
      const index = this.next % places;
      const waiting = this.#places[index];
      this.#seen[index] = this.next;
      if (waiting) this.take(waiting);
      else this.next = addToSequence(this.next, 1);
    }
  }

  /** Takes the packet that `peek` showed; its payload stays readable until the next `insert`. */
  take(packet: WaitingPacket): void {
    this.#places[packet.sequence % places] = undefined;
    this.#free.push(packet);
    this.size -= 1;
    this.next = addToSequence(packet.sequence, 1);
  }
}

function newPacket(): WaitingPacket {
  const memory = new Uint8Array(maxPayloadBytes);
  return { sequence: 0, timestamp: 0, codec: undefined, audioLevel: undefined, payload: memory, memory };
}
