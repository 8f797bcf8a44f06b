// The packets of one stream that wait for their frame, in a ring indexed by sequence number: filled out of order,
// emptied in order. It knows since when a packet has been missing and when it was asked for. Bounded in
// packets here, in bytes by its user.
import { addToSequence, sequenceDistance } from "../../rtp/index.ts";

/** Four seconds of 2.5 Mbit/s. */
export const windowPackets = 1024;

/**
 * Copies of packets share memory: the garbage collector frees each piece of memory by itself, in the meantime the tick of the audio waits, and
 * a millisecond of it were those of nine cameras. A piece is free when the last packet in it is.
 */
const slabBytes = 16 << 10;

/** A packet of the codec's payload type. */
export interface VideoPacket {
  readonly sequence: number;
  readonly timestamp: number;
  readonly marker: boolean;
  /** Copied; empty when the packet was nothing but padding. */
  readonly payload: Uint8Array;
  /** When it came, in monotonic milliseconds. */
  readonly at: number;
}

/** `behind` and `ahead`: further from what is expected than the window reaches. Only what was inserted is kept. */
export type InsertVerdict = "inserted" | "duplicate" | "late" | "behind" | "ahead";

/** When a missing packet is asked for. */
export interface RequestLimits {
  readonly againAfterMs: number;
  /** In one question. */
  readonly maxPackets: number;
}

export class PacketWindow {
  /** The lowest sequence number that has not been taken. */
  next = 0;
  /** Places from `next` to behind the highest packet that has come, empty ones among them. */
  span = 0;
  /** Of the packets that wait. */
  count = 0;
  bytes = 0;
  /** What is copied next goes behind what was copied last. */
  #slab = new Uint8Array(0);
  #slabUsed = 0;
  readonly #payloads: (Uint8Array | undefined)[] = new Array(windowPackets).fill(undefined);
  readonly #timestamps = new Uint32Array(windowPackets);
  readonly #markers = new Uint8Array(windowPackets);
  /** Since when a missing packet is known to be missing. */
  readonly #missingSince = new Float64Array(windowPackets);
  readonly #askedAt = new Float64Array(windowPackets);

  /** Forgets everything; `sequence` is the next to be taken. */
  restart(sequence: number): void {
    this.#payloads.fill(undefined);
    this.next = sequence;
    this.span = 0;
    this.count = 0;
    this.bytes = 0;
  }

  insert(packet: VideoPacket): InsertVerdict {
    const offset = sequenceDistance(packet.sequence, this.next);
    if (offset < 0) return offset <= -windowPackets ? "behind" : "late";
    if (offset >= windowPackets) return "ahead";
    const place = packet.sequence % windowPackets;
    if (this.#payloads[place]) return "duplicate";
    for (let missing = this.span; missing < offset; missing += 1) this.#note(missing, packet.at);
    if (offset >= this.span) this.span = offset + 1;
    this.#payloads[place] = this.#copy(packet.payload);
    this.#timestamps[place] = packet.timestamp;
    this.#markers[place] = packet.marker ? 1 : 0;
    this.count += 1;
    this.bytes += packet.payload.length;
    return "inserted";
  }

  /** Lets packets in that came before the first one did; only while nothing has been taken. */
  reachBack(sequence: number, now: number): void {
    const places = sequenceDistance(this.next, sequence);
    if (this.span + places > windowPackets) return;
    this.next = sequence;
    this.span += places;
    for (let offset = 0; offset < places; offset += 1) this.#note(offset, now);
  }

  /** The payload `offset` places after the next; undefined when it has not come. */
  payload(offset: number): Uint8Array | undefined {
    return offset < this.span ? this.#payloads[this.#place(offset)] : undefined;
  }

  timestamp(offset: number): number {
    return this.#timestamps[this.#place(offset)]!;
  }

  marker(offset: number): boolean {
    return this.#markers[this.#place(offset)] === 1;
  }

  missingSince(offset: number): number {
    return this.#missingSince[this.#place(offset)]!;
  }

  /** Takes so many places, at most `span`, packets and gaps. */
  skip(places: number): void {
    for (let offset = 0; offset < places; offset += 1) {
      const place = this.#place(offset);
      const payload = this.#payloads[place];
      if (!payload) continue;
      this.count -= 1;
      this.bytes -= payload.length;
      this.#payloads[place] = undefined;
    }
    this.next = addToSequence(this.next, places);
    this.span -= places;
  }

  /** The missing packets that are to be asked for now, and notes that they are. */
  request(now: number, limits: RequestLimits): number[] {
    const sequences: number[] = [];
    for (let offset = 0; offset < this.span && sequences.length < limits.maxPackets; offset += 1) {
      const place = this.#place(offset);
      if (this.#payloads[place] || now - this.#askedAt[place]! < limits.againAfterMs) continue;
      this.#askedAt[place] = now;
      sequences.push(addToSequence(this.next, offset));
    }
    return sequences;
  }

  #copy(payload: Uint8Array): Uint8Array {
    if (payload.length > this.#slab.length - this.#slabUsed) {
      this.#slab = new Uint8Array(Math.max(slabBytes, payload.length));
      this.#slabUsed = 0;
    }
    const copy = this.#slab.subarray(this.#slabUsed, this.#slabUsed + payload.length);
    this.#slabUsed += payload.length;
    copy.set(payload);
    return copy;
  }

  #note(offset: number, now: number): void {
    const place = this.#place(offset);
    this.#missingSince[place] = now;
    this.#askedAt[place] = Number.NEGATIVE_INFINITY;
  }

  #place(offset: number): number {
    return (this.next + offset) % windowPackets;
  }
}
