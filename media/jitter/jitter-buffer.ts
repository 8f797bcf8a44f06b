// Turns packets that come when the network likes into 20 ms of audio at every tick. Pure: arrival times and
// pull times are passed in. One idea carries it: the play position moves on by 20 ms of media time with every
// pull, whatever came, and a packet is played where its timestamp puts it. Loss, reordering, silence
// suppression and every packet length follow from that; the delay is changed by moving the position.
//
//   insert → ring … pull → correct the delay → decode / conceal → 20 ms
//
// The delay has a hard bound (PlayoutDelay), the ring holds 64 packets, everything else is fixed memory.
import type { AudioDecoder } from "../codec/index.ts";
import type { ArrivalRun } from "../rtp/index.ts";
import {
  addToSequence,
  addToTimestamp,
  emptyRtpHeader,
  type RtpHeader,
  sequenceDistance,
  timestampDistance,
} from "../rtp/index.ts";
import { maxPayloadBytes, PacketRing, type WaitingPacket } from "./packet-ring.ts";
import { PlayoutDelay } from "./playout-delay.ts";
import { SampleBuffer } from "./sample-buffer.ts";

export interface JitterBufferOptions {
  /** Samples a second. */
  readonly rate: number;
  /** Units a second of the timestamps, when that is another number: the rate is a multiple of it. */
  readonly clockRate?: number;
  readonly tickMs: number;
}

/** A stream that goes on as it does. */
export interface SteadyStream {
  readonly codec: AudioDecoder;
  /** Of the newest packet. */
  readonly sequence: number;
  /** Timestamp units of a packet. */
  readonly units: number;
  /** Packets that came and have not been played. */
  readonly waiting: number;
}

/** A packet of a stream that goes on as it does. */
export interface SteadyPacket {
  readonly payload: Uint8Array;
  readonly payloadType: number;
  /** What it says of its own level, −dBov (RFC 6464). */
  readonly audioLevel: number | undefined;
}

/** What a pull brought: sound, sound that was partly made up, or nothing to hear. */
export type PullOutcome = "audio" | "concealed" | "silence";

/** A source that has been missing for so long, or a leap of its clock by so much, starts afresh. */
const abandonedAfterMs = 100;
const maxLeapMs = 1000;

export class JitterBuffer {
  late = 0;
  concealedSamples = 0;
  /** Samples that were cut out or put in to follow the source's clock and the network. */
  cutSamples = 0;
  insertedSamples = 0;
  /** Decoders by payload type; a packet of any other type, or without a payload, is silence that keeps the sequence whole. */
  decoders: readonly (AudioDecoder | undefined)[] = [];

  readonly #rate: number;
  readonly #samplesPerUnit: number;
  readonly #tickMs: number;
  readonly #frame: number;
  readonly #ring = new PacketRing();
  readonly #delay: PlayoutDelay;
  readonly #wave: SampleBuffer;
  /** Of a packet that was passed over. */
  readonly #passed = emptyRtpHeader();
  #anchored = false;
  /** Media time of the next sample to be heard, in samples; `#origin` is the timestamp at position 0. */
  #position = 0;
  #origin = 0;
  #newestSequence = 0;
  #newestTimestamp = 0;
  #starvedMs = 0;
  #sourceIsQuiet = false;
  /** The last payload could not be decoded: what is missing behind it was sent. */
  #isBroken = false;
  #decoder: AudioDecoder | undefined;
  #firstWaitTicks: number | undefined;
  #lastPullAt: number | undefined;

  constructor({ rate, clockRate = rate, tickMs }: JitterBufferOptions) {
    this.#rate = rate;
    this.#samplesPerUnit = rate / clockRate;
    this.#tickMs = tickMs;
    this.#frame = Math.round((rate * tickMs) / 1000);
    this.#delay = new PlayoutDelay(tickMs);
    this.#wave = new SampleBuffer({ rate, frame: this.#frame });
  }

  /** How long a fast packet waits until it is heard, milliseconds. */
  get delayMs(): number {
    return this.#anchored ? this.#delay.currentMs : 0;
  }

  /** Nothing waits and the last pull found too little. */
  get starving(): boolean {
    return this.#starvedMs > 0;
  }

  /** Something waits to be heard. */
  get pending(): boolean {
    return this.#ring.size + this.#wave.length > 0;
  }

  /** Samples that were lost and came again with a later packet. */
  get recoveredSamples(): number {
    return this.#wave.recovered;
  }

  /** No leg hears what comes: what can be passed over is not decoded. */
  set unheard(unheard: boolean) {
    this.#wave.unheard = unheard;
  }

  /**
   * Another stream begins: what waits is dropped, the next packet is the first. It is heard after so many
   * pulls, or, when that is left open, after as long as is usual for a network that is not known yet.
   */
  restart(firstWaitTicks?: number): void {
    this.#wave.discard();
    this.#ring.restart(0);
    this.#anchored = false;
    this.#firstWaitTicks = firstWaitTicks;
  }

  /**
   * The stream goes on under other numbers and on another clock: the packet that is inserted next comes `packets` numbers and `units` of
   * the clock after the newest. False when there is nothing to go on from.
   */
  goOnAt({ sequence, timestamp }: Readonly<RtpHeader>, packets: number, units: number): boolean {
    if (!this.#anchored || this.#starvedMs > 0) return false;
    const before = addToSequence(sequence, -packets);
    const stampBefore = addToTimestamp(timestamp, -units);
    const stampsBy = timestampDistance(stampBefore, this.#newestTimestamp);
    this.#ring.renumber(sequenceDistance(before, this.#newestSequence), stampsBy);
    this.#origin = addToTimestamp(this.#origin, stampsBy);
    this.#newestSequence = before;
    this.#newestTimestamp = stampBefore;
    return true;
  }

  /** Takes a packet in. `now`: monotonic milliseconds. Costs no more than a copy of the payload. */
  insert(packet: Uint8Array, header: Readonly<RtpHeader>, now: number): void {
    const bytes = header.payloadEnd - header.payloadStart;
    if (bytes > maxPayloadBytes) return;
    const codec = bytes > 0 ? this.decoders[header.payloadType] : undefined;
    if (!codec) {
      if (this.#anchored) this.#ring.insert(packet, header, undefined);
      return;
    }
    if (!this.#anchored || this.#clockLeapt(header)) this.#anchor(header, now);
    else if (this.#starvedMs > 0) this.#waitFor(header, now);
    let verdict = this.#ring.insert(packet, header, codec);
    if (verdict === "ahead") {
      this.#anchor(header, now);
      verdict = this.#ring.insert(packet, header, codec);
    }
    if (verdict !== "duplicate") this.#measure(header, now);
    if (verdict === "late") this.late += 1;
  }

  /**
   * What the stream is, as long as it goes on as it does: a packet of one frame a tick, in order, and nothing to
   * correct. Undefined while it does not.
   */
  get steady(): SteadyStream | undefined {
    const codec = this.#decoder;
    const ring = this.#ring;
    if (!codec || !this.#anchored || !this.#wave.intact || this.#starvedMs > 0 || this.#sourceIsQuiet)
      return undefined;
    if (!this.#delay.fits || !ring.isWhole(codec)) return undefined;
    const units = this.#frame / this.#samplesPerUnit;
    const sequence = this.#newestSequence;
    const next = this.#positionOf(addToTimestamp(this.#newestTimestamp, units));
    const adjacent = next === this.#position + ring.size * this.#frame;
    if (!adjacent || addToSequence(sequence, 1) !== addToSequence(ring.next, ring.size)) return undefined;
    return { codec, sequence, units, waiting: ring.size };
  }

  /** The packet so many after the next to be played, while the stream is steady; good until that is played. */
  waitingPacket(offset: number): Readonly<WaitingPacket> {
    return this.#ring.at(offset)!;
  }

  /**
   * A run of a steady stream that was played without this buffer: the packets that came, and the ticks that went by,
   * the last of them at `now`. False when there is something to correct now.
   */
  passRun({ arrivals, from, packets }: ArrivalRun, ticks: number, now: number): boolean {
    const header = this.#passed;
    const units = this.#frame / this.#samplesPerUnit;
    for (let index = from; index < from + packets; index += 1) {
      header.sequence = addToSequence(this.#newestSequence, 1);
      header.timestamp = addToTimestamp(this.#newestTimestamp, units);
      this.#measure(header, arrivals[index]!);
    }
    if (ticks > 0) {
      this.#ring.skip(ticks);
      this.#position += (ticks - 1) * this.#frame;
      this.#delay.observe(this.#positionMs, now);
      this.#position += this.#frame;
      this.#lastPullAt = now;
    }
    return this.#delay.fits;
  }

  /** A payload that was played without this buffer, unheard; of the last few, in their order. */
  catchUp(payload: Uint8Array, frame: Int16Array): void {
    this.#wave.catchUp(this.#decoder!, payload, frame);
  }

  /** Packets of a steady stream that have not been played, the first of them next: they wait here from now on. */
  takeWaiting(offset: number, { payload, payloadType, audioLevel }: SteadyPacket): void {
    const header = this.#passed;
    if (this.#ring.at(offset)) return;
    const units = this.#frame / this.#samplesPerUnit;
    header.sequence = addToSequence(this.#ring.next, offset);
    const behind = sequenceDistance(this.#newestSequence, header.sequence);
    header.timestamp = addToTimestamp(this.#newestTimestamp, -behind * units);
    header.payloadType = payloadType;
    header.payloadEnd = payload.length;
    header.audioLevel = audioLevel;
    this.#ring.insert(payload, header, this.decoders[payloadType]);
  }

  /** Fills `frame` with the next tick's audio. `now`: when the tick is due, monotonic milliseconds. */
  pull(frame: Int16Array, now: number): PullOutcome {
    const wave = this.#wave;
    this.#lastPullAt = now;
    wave.madeUp = 0;
    if (this.#anchored) {
      this.#delay.observe(this.#positionMs, now);
      this.#correctDelay(now);
      this.#decode(this.#frame, true);
    }
    const missing = this.#frame - wave.length;
    this.#starvedMs = missing > 0 && this.#ring.size === 0 ? this.#starvedMs + this.#tickMs : 0;
    if (missing > 0) {
      const intended = !this.#anchored || this.#sourceIsQuiet || this.#nextIsAdjacent();
      wave.conceal(missing, intended, this.#decoder);
    }
    wave.play(frame);
    this.#position += this.#frame;
    this.concealedSamples += wave.madeUp;
    if (wave.madeUp > 0) return "concealed";
    return wave.silent ? "silence" : "audio";
  }

  get #positionMs(): number {
    return (this.#position * 1000) / this.#rate;
  }

  #positionOf(timestamp: number): number {
    const units = Math.floor(this.#position / this.#samplesPerUnit);
    return (units + timestampDistance(timestamp, addToTimestamp(this.#origin, units))) * this.#samplesPerUnit;
  }

  /** A newer packet with an older timestamp, or one far in the future: the source's clock was set again. */
  #clockLeapt(header: Readonly<RtpHeader>): boolean {
    if (sequenceDistance(header.sequence, this.#newestSequence) <= 0) return false;
    if (timestampDistance(header.timestamp, this.#newestTimestamp) < 0) return true;
    const lead = this.#positionOf(header.timestamp) - this.#position;
    return lead > (maxLeapMs * this.#rate) / 1000;
  }

  /** Begins to play at this packet, a whole number of ticks from now. */
  #anchor(header: Readonly<RtpHeader>, now: number): void {
    this.#wave.discard();
    this.#ring.restart(header.sequence);
    this.#delay.reset();
    const untilPull = this.#lastPullAt === undefined ? this.#tickMs : this.#lastPullAt + this.#tickMs - now;
    const ticks = this.#firstWaitTicks ?? this.#delay.firstWaitTicks(untilPull);
    this.#firstWaitTicks = undefined;
    this.#position = 0;
    this.#origin = addToTimestamp(header.timestamp, (-ticks * this.#frame) / this.#samplesPerUnit);
    this.#newestSequence = header.sequence;
    this.#newestTimestamp = header.timestamp;
    this.#starvedMs = 0;
    this.#anchored = true;
  }

  /** Nothing sounds, so the position may go back to a packet that came late, within the bound of the delay. */
  #waitFor(header: Readonly<RtpHeader>, now: number): void {
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
    const delay = this.#delay;
    const excess = delay.beyondBoundMs;
    if (excess > 0) {
      this.#wave.discard();
      this.#position += Math.ceil(excess / this.#tickMs) * this.#frame;
      delay.observe(this.#positionMs, now);
    } else if (!this.pending) return;
    else if (this.#wave.silent) this.#moveInSilence();
    else if (this.#wave.concealing) return;
    else if (delay.mayShorten) this.#shorten(now);
    else if (delay.mayLengthen) this.#lengthen(now);
  }

  /** Nothing sounds before the next packet: the silence may be a tick shorter or longer. */
  #moveInSilence(): void {
    const packet = this.#ring.peek();
    if (!packet || this.#wave.length > 0) return;
    const wait = this.#positionOf(packet.timestamp) - this.#position;
    if (this.#delay.mayShorten && wait >= this.#frame) this.#position += this.#frame;
    else if (this.#delay.mayLengthen && wait >= 0) this.#position -= this.#frame;
  }

  #shorten(now: number): void {
    this.#decode(this.#wave.lookAhead, false);
    const count = this.#wave.shorten(this.#delay.mustShorten(now));
    if (count === 0) return;
    this.#position += count;
    this.cutSamples += count;
    this.#delay.corrected(now);
  }

  #lengthen(now: number): void {
    this.#decode(this.#frame, false);
    const count = this.#wave.lengthen(this.#delay.mustLengthen(now));
    if (count === 0) return;
    this.#position -= count;
    this.insertedSamples += count;
    this.#delay.corrected(now);
  }

  /** Decodes until `need` samples are at hand; gaps stop it unless they must be filled now. */
  #decode(need: number, fillGaps: boolean): void {
    const wave = this.#wave;
    while (wave.length < need) {
      const packet = this.#ring.peek();
      if (!packet) return;
      const isNext = packet.sequence === this.#ring.next;
      if (!packet.codec) {
        if (!isNext && !fillGaps) return;
        this.#ring.take(packet);
        this.#sourceIsQuiet = true;
        continue;
      }
      const gap = this.#positionOf(packet.timestamp) - this.#position - wave.length;
      if (gap > 0) {
        if (!fillGaps) return;
        const intended = this.#sourceIsQuiet || (isNext && !this.#isBroken);
        if (intended || !wave.recover(packet.codec, packet.payload, gap)) {
          if (wave.length + gap >= need) return;
          wave.conceal(gap, intended, this.#decoder);
        }
      }
      this.#ring.take(packet);
      this.#decoder = packet.codec;
      const appended = wave.append(packet.codec, packet, gap < 0 ? -gap : 0);
      this.#isBroken = !appended && gap >= 0;
      if (appended) this.#sourceIsQuiet = packet.codec.pauses;
      else if (gap < 0) this.late += 1;
    }
  }

  /** The next packet has the next sequence number: what lies before it was never sent, or could not be decoded. */
  #nextIsAdjacent(): boolean {
    return !this.#isBroken && this.#ring.size > 0 && this.#ring.peek()!.sequence === this.#ring.next;
  }
}
