// When each packet of a transport came, as its sender wants to know it for its congestion control: a window of arrivals by
// transport-wide sequence number, and the feedback message that tells them (RTPFB, format 15;
// draft-holmer-rmcat-transport-wide-cc-extensions-01 §3.1). Fixed memory, whatever numbers come.
import { writeUint16, writeUint32 } from "./packet.ts";
import { addToSequence, sequenceDistance } from "./serial.ts";

/** Numbers that are remembered: more than come between two messages. A sender that leaps further begins again. */
const windowSize = 256;
const intervalMs = 200;
/** With so many to tell a message goes out earlier: video comes by hundreds of packets a second. */
const manyPackets = 32;
const minIntervalMs = 50;
/** Units of the message: arrivals and their differences in 250 µs, the reference in 64 ms. */
const ticksPerMs = 4;
const referenceTicks = 256;
const headBytes = 20;
/** What a packet's status says: not received, received within 63.75 ms, received with a longer or a negative difference. */
const missing = 0;
const near = 1;
const far = 2;
const symbolsPerChunk = 7;

export const maxFeedbackBytes = headBytes + 2 * Math.ceil(windowSize / symbolsPerChunk) + 2 * windowSize + 3;

export class TransportFeedback {
  /** Monotonic milliseconds by sequence number; NaN: has not come. */
  readonly #arrivals = new Float64Array(windowSize);
  readonly #symbols = new Uint8Array(windowSize);
  readonly #deltas = new Int16Array(windowSize);
  /** The first number that has not been told, and how many there are from there to the highest that came. */
  #base = 0;
  #count = 0;
  #begun = false;
  #messages = 0;
  #toldAt = 0;

  /** A packet came, at monotonic milliseconds. True when a message is due. */
  note(sequence: number, at: number): boolean {
    const ahead = this.#begun ? sequenceDistance(sequence, this.#base) : windowSize;
    if (ahead >= windowSize || ahead < -windowSize) this.#begin(sequence, at);
    // What was told as missing stays missing.
    else if (ahead < 0) return false;
    const offset = sequenceDistance(sequence, this.#base);
    const index = sequence % windowSize;
    if (offset >= this.#count) {
      for (let gap = this.#count; gap < offset; gap += 1) {
        this.#arrivals[addToSequence(this.#base, gap) % windowSize] = Number.NaN;
      }
      this.#count = offset + 1;
      this.#arrivals[index] = at;
    } else if (Number.isNaN(this.#arrivals[index]!)) this.#arrivals[index] = at;
    const elapsed = at - this.#toldAt;
    return elapsed >= intervalMs || (this.#count >= manyPackets && elapsed >= minIntervalMs);
  }

  /** Writes what has not been told into `out` from `start` (`maxFeedbackBytes` at most); where it ends. */
  write(
    out: Uint8Array,
    start: number,
    of: { readonly sender: number; readonly source: number; readonly now: number },
  ): number {
    const reference = this.#reference();
    const told = this.#measure(reference);
    this.#toldAt = of.now;
    writeUint32(out, start + 4, of.sender);
    writeUint32(out, start + 8, of.source);
    writeUint16(out, start + 12, this.#base);
    writeUint16(out, start + 14, told);
    writeUint32(out, start + 16, (((reference & 0xff_ffff) << 8) | (this.#messages & 0xff)) >>> 0);
    let at = this.#writeDeltas(out, this.#writeChunks(out, start + headBytes, told), told);
    while ((at - start) % 4 !== 0) {
      out[at] = 0;
      at += 1;
    }
    writeUint32(out, start, ((0x8f << 24) | (205 << 16) | ((at - start) / 4 - 1)) >>> 0);
    this.#messages += 1;
    this.#base = addToSequence(this.#base, told);
    this.#count -= told;
    return at;
  }

  #begin(sequence: number, at: number): void {
    if (!this.#begun) this.#toldAt = at;
    this.#begun = true;
    this.#base = sequence;
    this.#count = 0;
  }

  /** Of the first that came, in units of the reference. */
  #reference(): number {
    for (let offset = 0; offset < this.#count; offset += 1) {
      const arrival = this.#arrivals[addToSequence(this.#base, offset) % windowSize]!;
      if (!Number.isNaN(arrival)) return Math.floor((arrival * ticksPerMs) / referenceTicks);
    }
    return 0;
  }

  /** Statuses and differences; how many can be told by one reference: a difference has 16 bits. */
  #measure(reference: number): number {
    let before = reference * referenceTicks;
    for (let offset = 0; offset < this.#count; offset += 1) {
      const arrival = this.#arrivals[addToSequence(this.#base, offset) % windowSize]!;
      this.#symbols[offset] = missing;
      if (Number.isNaN(arrival)) continue;
      const ticks = Math.floor(arrival * ticksPerMs);
      const delta = ticks - before;
      if (delta > 0x7fff || delta < -0x8000) return offset;
      this.#symbols[offset] = delta >= 0 && delta <= 0xff ? near : far;
      this.#deltas[offset] = delta;
      before = ticks;
    }
    return this.#count;
  }

  #writeChunks(out: Uint8Array, start: number, told: number): number {
    if (this.#allNear(told)) {
      writeUint16(out, start, (near << 13) | told);
      return start + 2;
    }
    let at = start;
    for (let first = 0; first < told; first += symbolsPerChunk, at += 2) {
      let chunk = 0xc000;
      for (let place = 0; place < symbolsPerChunk && first + place < told; place += 1) {
        chunk |= this.#symbols[first + place]! << (2 * (symbolsPerChunk - 1 - place));
      }
      writeUint16(out, at, chunk);
    }
    return at;
  }

  #writeDeltas(out: Uint8Array, start: number, told: number): number {
    let at = start;
    for (let offset = 0; offset < told; offset += 1) {
      const symbol = this.#symbols[offset]!;
      if (symbol === missing) continue;
      const delta = this.#deltas[offset]!;
      if (symbol === near) out[at] = delta;
      else writeUint16(out, at, delta & 0xffff);
      at += symbol === near ? 1 : 2;
    }
    return at;
  }

  #allNear(told: number): boolean {
    for (let offset = 0; offset < told; offset += 1) if (this.#symbols[offset] !== near) return false;
    return true;
  }
}
