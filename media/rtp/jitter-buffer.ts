// Turns packets that come when the network likes into 20 ms of audio at every tick. Pure: arrival times and
// pull times are passed in. One idea carries it: the play position moves on by 20 ms of media time with every
// pull, whatever came, and a packet is played where its timestamp puts it. Loss, reordering, silence
// suppression and every packet length follow from that; the delay is changed by moving the position.
//
//   insert → ring … pull → correct delay → decode / conceal → 20 ms
//
// The delay is bounded (200 ms, see `playout-delay`), the ring holds 64 packets, the rest is fixed memory.
import type { AudioCodec } from "../audio/codec.ts";
import { Concealer, concealHistoryMs } from "../audio/conceal.ts";
import { fromDbov, meanSquare } from "../audio/level.ts";
import { type Span, Stretcher } from "../audio/stretch.ts";
import type { RtpHeader } from "./packet.ts";
import { PacketRing, type WaitingPacket } from "./packet-ring.ts";
import { PlayoutDelay } from "./playout-delay.ts";
import { addToTimestamp, sequenceDistance, timestampDistance } from "./serial.ts";

export interface JitterBufferOptions {
  /** Samples a second, which is also the clock rate of the timestamps. */
  readonly rate: number;
  readonly tickMs: number;
}

/** What a pull brought: sound, sound that was partly made up, or nothing to hear. */
export type Pulled = "audio" | "concealed" | "silence";

const longestPacketMs = 120;
/** A source that has been missing for so long, or a leap of its clock by so much, starts afresh. */
const abandonedAfterMs = 100;
const maxLeapMs = 1000;
/** Below this a whole frame may be cut or doubled and nobody notices. */
const quiet = fromDbov(-46);

export class JitterBuffer {
  late = 0;
  duplicates = 0;
  oversized = 0;
  concealedSamples = 0;
  /** Samples of delay that were cut out or put in to follow the source's clock and the network. */
  cutSamples = 0;
  insertedSamples = 0;
  /** Decoders by payload type; a packet of any other type is silence that keeps the sequence whole. */
  decoders: readonly (AudioCodec | undefined)[] = [];

  readonly #rate: number;
  readonly #tickMs: number;
  readonly #frame: number;
  readonly #history: number;
  readonly #ring = new PacketRing();
  readonly #delay: PlayoutDelay;
  readonly #concealer: Concealer;
  readonly #stretcher: Stretcher;
  /** What was heard last, then what has been decoded and not yet heard: the span. */
  readonly #work: Int16Array;
  readonly #span: Span;
  /** Views of `#work` from the span's start: the frame to be heard, and where an empty span is decoded to. */
  readonly #head: Int16Array;
  readonly #front: Int16Array;
  readonly #scratch: Int16Array;
  #anchored = false;
  /** Media time of the next sample to be heard, in samples; `#origin` is the timestamp at position 0. */
  #position = 0;
  #origin = 0;
  #newestSequence = 0;
  #newestTimestamp = 0;
  #starvedMs = 0;
  #sourceIsQuiet = false;
  #madeUpSamples = 0;
  #lastPullAt: number | undefined;

  constructor({ rate, tickMs }: JitterBufferOptions) {
    const samples = (ms: number) => Math.round((rate * ms) / 1000);
    this.#rate = rate;
    this.#tickMs = tickMs;
    this.#frame = samples(tickMs);
    this.#history = samples(concealHistoryMs);
    this.#delay = new PlayoutDelay(tickMs);
    this.#concealer = new Concealer(rate);
    this.#stretcher = new Stretcher(rate);
    this.#work = new Int16Array(this.#history + 4 * this.#frame + samples(longestPacketMs));
    this.#span = { start: this.#history, length: 0 };
    this.#head = this.#work.subarray(this.#history, this.#history + this.#frame);
    this.#front = this.#work.subarray(this.#history, this.#history + samples(longestPacketMs));
    this.#scratch = new Int16Array(samples(longestPacketMs));
  }

  /** How long a fast packet waits until it is heard, milliseconds. */
  get delayMs(): number {
    return this.#anchored ? this.#delay.currentMs : 0;
  }

  /** Another stream begins: what waits is dropped, the next packet is the first. */
  restart(): void {
    this.#discard();
    this.#anchored = false;
  }

  /** Takes a packet in. `now`: monotonic milliseconds. Never more than a copy of the payload. */
  insert(packet: Uint8Array, header: Readonly<RtpHeader>, now: number): void {
    const codec = this.decoders[header.payloadType];
    if (!codec) {
      if (this.#anchored) this.#ring.insert(packet, header, undefined);
      return;
    }
    if (!this.#anchored || this.#clockLeapt(header)) this.#anchor(header, now);
    else if (this.#starvedMs > 0) this.#wait(header, now);
    let verdict = this.#ring.insert(packet, header, codec);
    if (verdict === "ahead") {
      this.#anchor(header, now);
      verdict = this.#ring.insert(packet, header, codec);
    }
    if (verdict === "duplicate") this.duplicates += 1;
    else if (verdict === "oversized") this.oversized += 1;
    else this.#measure(header, now);
    if (verdict === "late") this.late += 1;
  }

  /** Fills `frame` with the next tick's audio. `now`: when the tick is due, monotonic milliseconds. */
  pull(frame: Int16Array, now: number): Pulled {
    this.#lastPullAt = now;
    this.#madeUpSamples = 0;
    if (this.#anchored) {
      this.#delay.observe(this.#positionMs, now);
      if (this.#ring.size + this.#span.length > 0) this.#correctDelay(now);
      this.#decode(this.#frame, true);
    }
    const missing = this.#frame - this.#span.length;
    this.#starvedMs = missing > 0 && this.#ring.size === 0 ? this.#starvedMs + this.#tickMs : 0;
    if (missing > 0) this.#conceal(missing, !this.#anchored || this.#sourceIsQuiet || this.#nextIsAdjacent());
    this.#play(frame);
    this.concealedSamples += this.#madeUpSamples;
    if (this.#madeUpSamples > 0) return "concealed";
    return this.#concealer.active ? "silence" : "audio";
  }

  get #positionMs(): number {
    return (this.#position * 1000) / this.#rate;
  }

  #positionOf(timestamp: number): number {
    return this.#position + timestampDistance(timestamp, addToTimestamp(this.#origin, this.#position));
  }

  /** A newer packet with an older timestamp, or one far in the future: the source's clock was set anew. */
  #clockLeapt(header: Readonly<RtpHeader>): boolean {
    if (sequenceDistance(header.sequence, this.#newestSequence) <= 0) return false;
    if (timestampDistance(header.timestamp, this.#newestTimestamp) < 0) return true;
    const lead = this.#positionOf(header.timestamp) - this.#position;
    return lead > (maxLeapMs * this.#rate) / 1000;
  }

  /** Begins to play at this packet, a whole number of ticks from now. */
  #anchor(header: Readonly<RtpHeader>, now: number): void {
    this.#discard();
    this.#ring.restart(header.sequence);
    this.#delay.reset();
    const untilPull = this.#lastPullAt === undefined ? this.#tickMs : this.#lastPullAt + this.#tickMs - now;
    const ticks = this.#delay.firstWaitTicks(untilPull);
    this.#position = 0;
    this.#origin = addToTimestamp(header.timestamp, -ticks * this.#frame);
    this.#newestSequence = header.sequence;
    this.#newestTimestamp = header.timestamp;
    this.#starvedMs = 0;
    this.#anchored = true;
  }

  /** Nothing sounds, so the position may go back to a packet that came late, within the bound of the delay. */
  #wait(header: Readonly<RtpHeader>, now: number): void {
    const position = this.#positionOf(header.timestamp);
    if (position >= this.#position || sequenceDistance(header.sequence, this.#ring.next) < 0) return;
    if (this.#delay.allows((position * 1000) / this.#rate, now)) this.#position = position;
    else if (this.#starvedMs > abandonedAfterMs) this.#anchor(header, now);
  }

  #measure(header: Readonly<RtpHeader>, now: number): void {
    const position = this.#positionOf(header.timestamp);
    const offset = (((position - this.#position) % this.#frame) + this.#frame) % this.#frame;
    this.#delay.add((position * 1000) / this.#rate, (offset * 1000) / this.#rate, now);
    if (sequenceDistance(header.sequence, this.#newestSequence) <= 0) return;
    this.#newestSequence = header.sequence;
    this.#newestTimestamp = header.timestamp;
  }

  #correctDelay(now: number): void {
    const excess = this.#delay.beyondBoundMs;
    if (excess > 0) {
      this.#discard();
      this.#position += Math.ceil(excess / this.#tickMs) * this.#frame;
      this.#delay.observe(this.#positionMs, now);
      return;
    }
    if (this.#concealer.faded) this.#moveSilently();
    else if (this.#concealer.active) return;
    else if (this.#delay.mayShorten) this.#shorten(now);
    else if (this.#delay.mayLengthen) this.#lengthen(now);
  }

  /** Nothing sounds before the next packet: the silence may be a tick shorter or longer. */
  #moveSilently(): void {
    const packet = this.#ring.peek();
    if (!packet || this.#span.length > 0) return;
    const wait = this.#positionOf(packet.timestamp) - this.#position;
    if (this.#delay.mayShorten && wait >= this.#frame) this.#position += this.#frame;
    else if (this.#delay.mayLengthen && wait >= 0) this.#position -= this.#frame;
  }

  #shorten(now: number): void {
    const span = this.#span;
    this.#decode(2 * this.#frame + this.#stretcher.longest, false);
    let count = 0;
    if (this.#soundsQuiet()) count = this.#stretcher.canCut(span, 2 * this.#frame) ? this.#frame : 0;
    else if (this.#delay.mustShorten(now)) count = this.#stretcher.periodAhead(this.#work, span);
    if (count === 0 || !this.#stretcher.canCut(span, count)) return;
    this.#stretcher.cut(this.#work, span, count);
    this.#position += count;
    this.cutSamples += count;
    this.#delay.corrected(now);
  }

  #lengthen(now: number): void {
    const span = this.#span;
    this.#decode(this.#frame, false);
    if (!this.#stretcher.canCut(span, 0)) return;
    let count = 0;
    if (this.#soundsQuiet()) count = this.#frame;
    else if (this.#delay.mustLengthen(now)) count = this.#stretcher.periodBehind(this.#work, span);
    if (count === 0) return;
    this.#stretcher.insert(this.#work, span, count);
    this.#position -= count;
    this.insertedSamples += count;
    this.#delay.corrected(now);
  }

  /** Decodes until `need` samples are at hand; gaps stop it unless they must be filled now. */
  #decode(need: number, fillGaps: boolean): void {
    while (this.#span.length < need) {
      const packet = this.#ring.peek();
      if (!packet) return;
      if (!packet.codec) {
        if (packet.sequence !== this.#ring.next && !fillGaps) return;
        this.#ring.take(packet);
        this.#sourceIsQuiet = true;
        continue;
      }
      const gap = this.#positionOf(packet.timestamp) - this.#position - this.#span.length;
      if (gap > 0) {
        if (!fillGaps || this.#span.length + gap >= need) return;
        this.#conceal(gap, this.#sourceIsQuiet || packet.sequence === this.#ring.next);
      }
      this.#append(packet, packet.codec, gap < 0 ? -gap : 0);
    }
  }

  /** Decodes one packet onto the span, without its first `skip` samples, whose time has passed. */
  #append(packet: WaitingPacket, codec: AudioCodec, skip: number): void {
    const at = this.#span.start + this.#span.length;
    const inPlace = skip === 0 && this.#span.length === 0;
    const decoded = codec.decode(packet.payload, inPlace ? this.#front : this.#scratch);
    this.#ring.take(packet);
    if (skip >= decoded) {
      this.late += 1;
      return;
    }
    const work = this.#work;
    if (!inPlace) {
      for (let index = skip; index < decoded; index += 1) work[at + index - skip] = this.#scratch[index]!;
    }
    this.#concealer.join(work, at, decoded - skip);
    this.#span.length += decoded - skip;
    this.#sourceIsQuiet = false;
  }

  #conceal(count: number, intended: boolean): void {
    const end = this.#span.start + this.#span.length;
    this.#concealer.begin(this.#work, end);
    if (intended) this.#concealer.hasten();
    else if (!this.#concealer.faded) this.#madeUpSamples += count;
    this.#concealer.fill(this.#work, end, count);
    this.#span.length += count;
  }

  /** The next packet has the next sequence number: what lies before it was never sent. */
  #nextIsAdjacent(): boolean {
    return this.#ring.size > 0 && this.#ring.peek()!.sequence === this.#ring.next;
  }

  #soundsQuiet(): boolean {
    const { start, length } = this.#span;
    return meanSquare(this.#work, start, start + Math.min(length, this.#frame)) < quiet;
  }

  #play(frame: Int16Array): void {
    frame.set(this.#head);
    this.#work.copyWithin(0, this.#frame, this.#span.start + this.#span.length);
    this.#span.length -= this.#frame;
    this.#position += this.#frame;
  }

  /** Drops what has been decoded; what comes next is joined to a repetition of what was heard last. */
  #discard(): void {
    this.#concealer.begin(this.#work, this.#span.start);
    this.#span.length = 0;
  }
}
