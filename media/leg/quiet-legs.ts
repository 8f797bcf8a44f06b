// The legs of an engine that need nothing but the usual: a packet comes every tick, in order, from the source that is
// known, too quiet to be heard; and the leg is sent the shared mix. Their ticks are a walk over a few typed arrays,
// leg after leg. A leg's objects are told of a dozen ticks at a time (`settle`), and at once when anything is not as
// expected: a packet that is missing, late or loud, a key, a command. Then the leg is awake and goes its ordinary way.
//
//   words     per leg: what the next packet must be, what has come and gone since the objects were told, what is sent next
//   times     per leg: when the packets since then arrived; and the last tick
//   levels    per leg: how loud each tick since then was, and what the leg was sent before it
//   payloads  per leg: eight places by sequence number; those that wait, and the last that were played
//   claims    per place: what the packet says of its own level
//
// Knows neither rooms nor codecs: how loud a payload is, its codec's meter tells.

import type { AudioFormat, PayloadMeter } from "../codec/index.ts";
import { samplesBetween } from "../codec/index.ts";
import { fromDbov } from "../dsp/index.ts";
import type { SteadyPacket } from "../jitter/index.ts";
import type { QuietRun } from "../rtp/index.ts";
import {
  type DirectSockets,
  type MediaAddress,
  type MediaSocket,
  readAudioLevel,
  rtpHeaderBytes,
} from "../rtp/index.ts";
import { ticksPerSecond } from "../tick.ts";
import type { SendFormat } from "./send-format.ts";
import type { TickPayload } from "./tick-payload.ts";

/** What a row of `words` holds. */
const on = 0;
const nextSequence = 1;
const nextTimestamp = 2;
const ssrc = 3;
const payloadType = 4;
/** Bytes of a payload; 0 where they vary. */
const payloadBytes = 5;
const unitsPerPacket = 6;
/** Since the objects were told: packets that came, ticks that went by, packets that were sent. */
const received = 7;
const ticks = 8;
const sent = 9;
/** Packets that have not been played; and ticks since the leg became quiet. */
const waiting = 10;
const passed = 11;
const outSequence = 12;
const outTimestamp = 13;
const outSsrc = 14;
const outType = 15;
const outUnits = 16;
/** Bytes of the payloads that were sent since the objects were told. */
const sentBytes = 17;
/** The number of the last tick. */
const lastTick = 18;
/** The number of the header extension that tells a packet's level; 0: none is agreed. */
const levelExtension = 19;
const wordsPerLeg = 20;

/** The objects are told after so many ticks; as many packets as can come in the meantime have a place in `times`. */
const ticksBetweenSettling = 12;
const maxWaiting = 3;
const timesPerLeg = ticksBetweenSettling + maxWaiting + 1;
const lastTickAt = timesPerLeg - 1;
const levelsPerLeg = 2 * ticksBetweenSettling;

const places = 8;
const placeBytes = 256;
/** A packet that does not say how loud it is. */
const noClaim = 255;

/** A frame below this is never heard, whatever the noise around it (the lowest threshold of speech), and holds no key. */
export const quietBelow = fromDbov(-54);

/** How a leg stands that becomes quiet. */
export interface QuietTerms {
  /** Of the packets to come. */
  readonly sequence: number;
  readonly timestamp: number;
  readonly ssrc: number;
  readonly payloadType: number;
  readonly format: AudioFormat;
  readonly meter: PayloadMeter;
  /** The number of the header extension by which packets tell their level (RFC 6464); undefined: none is agreed. */
  readonly levelExtension: number | undefined;
  /** What waits to be played, the next first. */
  readonly waiting: readonly Pick<SteadyPacket, "payload" | "audioLevel">[];
  readonly from: MediaAddress;
  readonly out: {
    readonly sequence: number;
    readonly timestamp: number;
    readonly ssrc: number;
    readonly payloadType: number;
    readonly unitsPerTick: number;
    readonly format: SendFormat;
  };
}

/** A tick of a room. */
export interface QuietTick {
  /** When it is due, monotonic milliseconds. */
  now: number;
  tick: number;
  /** How loud its quiet legs were sent something last. */
  sentLevel: number;
}

export interface QuietLeg {
  /** Its objects are to be told what has come and gone. */
  settle(): void;
  /** It is quiet no longer. */
  wake(): void;
}

export class QuietLegs {
  /** Legs that are quiet now. */
  count = 0;
  readonly #capacity: number;
  readonly #words: Int32Array;
  readonly #times: Float64Array;
  readonly #levels: Float64Array;
  readonly #payloads: Uint8Array;
  readonly #lengths: Uint16Array;
  readonly #claims: Uint8Array;
  readonly #legs: (QuietLeg | undefined)[] = [];
  readonly #meters: (PayloadMeter | undefined)[] = [];
  readonly #formats: (SendFormat | undefined)[] = [];
  readonly #sockets: (MediaSocket | undefined)[] = [];
  readonly #targets: (MediaAddress | undefined)[] = [];
  readonly #free: number[] = [];
  #rows = 0;
  /** Of legs whose sockets are used by number: the number; and those sockets. */
  readonly #followed: number[] = [];
  #direct: DirectSockets | undefined;
  /** The packet at hand, and whose payload is in it. */
  #packet = new Uint8Array(rtpHeaderBytes + placeBytes);
  #outgoing = this.#packet;
  #loaded: TickPayload | undefined;
  readonly #run: QuietRun;

  /** `capacity`: legs that have a place. Memory of places that are not used is not taken from the system. */
  constructor(capacity: number) {
    this.#capacity = capacity;
    this.#words = new Int32Array(capacity * wordsPerLeg);
    this.#times = new Float64Array(capacity * timesPerLeg);
    this.#levels = new Float64Array(capacity * levelsPerLeg);
    this.#payloads = new Uint8Array(capacity * places * placeBytes);
    this.#lengths = new Uint16Array(capacity * places);
    this.#claims = new Uint8Array(capacity * places);
    this.#run = {
      ...{ arrivals: this.#times, levels: this.#levels, from: 0, levelsFrom: 0 },
      ...{ packets: 0, ticks: 0, sent: 0, sentBytes: 0, tick: 0, tickAt: 0, sequence: 0 },
    };
  }

  /** A row for a leg; undefined when all are taken, and the leg is then never quiet. */
  admit(leg: QuietLeg, socket: MediaSocket): number | undefined {
    const row = this.#free.pop() ?? (this.#rows < this.#capacity ? this.#rows++ : undefined);
    if (row === undefined) return undefined;
    this.#legs[row] = leg;
    this.#sockets[row] = socket;
    return row;
  }

  /** The leg, which is awake, is no more. */
  release(row: number): void {
    this.#legs[row] = undefined;
    this.#sockets[row] = undefined;
    this.#meters[row] = undefined;
    this.#formats[row] = undefined;
    this.#targets[row] = undefined;
    this.#free.push(row);
  }

  isQuiet(row: number): boolean {
    return this.#words[row * wordsPerLeg + on] === 1;
  }

  /** How the leg is sent audio, while it is quiet. */
  formatOf(row: number): SendFormat {
    return this.#formats[row]!;
  }

  /** False when a payload is too long to be kept here, or too many wait. */
  begin(row: number, terms: QuietTerms): boolean {
    const fits = terms.waiting.every(({ payload }) => payload.length <= placeBytes);
    const bytes = Math.round(terms.format.bytesPerSecond / ticksPerSecond);
    if (!fits || bytes > placeBytes || terms.waiting.length >= maxWaiting) return false;
    if (!this.#follow(row, terms.from)) return false;
    const words = this.#words;
    const at = row * wordsPerLeg;
    words.fill(0, at, at + wordsPerLeg);
    words[at + on] = 1;
    this.count += 1;
    words[at + nextSequence] = terms.sequence;
    words[at + nextTimestamp] = terms.timestamp;
    words[at + ssrc] = terms.ssrc;
    words[at + payloadType] = terms.payloadType;
    words[at + payloadBytes] = bytes;
    words[at + unitsPerPacket] = terms.format.clockRate / ticksPerSecond;
    words[at + waiting] = terms.waiting.length;
    words[at + levelExtension] = terms.levelExtension ?? 0;
    words[at + outSequence] = terms.out.sequence;
    words[at + outTimestamp] = terms.out.timestamp;
    words[at + outSsrc] = terms.out.ssrc;
    words[at + outType] = terms.out.payloadType;
    words[at + outUnits] = terms.out.unitsPerTick;
    terms.waiting.forEach(({ payload, audioLevel }, index) => {
      const place = placeOf(row, terms.sequence - terms.waiting.length + index);
      this.#payloads.set(payload, place * placeBytes);
      this.#lengths[place] = payload.length;
      this.#claims[place] = audioLevel ?? noClaim;
    });
    this.#meters[row] = terms.meter;
    this.#formats[row] = terms.out.format;
    this.#targets[row] = terms.from;
    terms.meter.begin();
    return true;
  }

  /** The leg is awake. */
  end(row: number): void {
    this.#words[row * wordsPerLeg + on] = 0;
    this.count -= 1;
    this.#sockets[row]?.unfollow?.();
  }

  /** Takes a packet in, whose sender is the leg's own; false when the leg must look at it. */
  take(row: number, packet: Uint8Array, arrivedAt: number): boolean {
    const words = this.#words;
    const at = row * wordsPerLeg;
    const start = payloadStart(packet);
    const length = packet.length - start;
    const wanted = words[at + payloadBytes]!;
    const sequence = words[at + nextSequence]!;
    if (words[at + on] === 0 || words[at + waiting]! >= maxWaiting) return false;
    if (wanted === 0 ? !isOneFrame(packet, start) : length !== wanted) return false;
    if ((packet[1]! & 0x7f) !== words[at + payloadType]) return false;
    if (((packet[2]! << 8) | packet[3]!) !== sequence) return false;
    if (wordIn(packet, 4) !== words[at + nextTimestamp] || wordIn(packet, 8) !== words[at + ssrc])
      return false;
    words[at + nextSequence] = (sequence + 1) & 0xffff;
    words[at + nextTimestamp] = words[at + nextTimestamp]! + words[at + unitsPerPacket]!;
    words[at + waiting] = words[at + waiting]! + 1;
    this.#times[row * timesPerLeg + words[at + received]!] = arrivedAt;
    words[at + received] = words[at + received]! + 1;
    const place = placeOf(row, sequence);
    const payloads = this.#payloads;
    const to = place * placeBytes;
    for (let index = 0; index < length; index += 1) payloads[to + index] = packet[start + index]!;
    this.#lengths[place] = length;
    const extension = words[at + levelExtension]!;
    this.#claims[place] = extension === 0 ? noClaim : (readAudioLevel(packet, extension) ?? noClaim);
    return true;
  }

  /** Plays the next packet of a quiet leg, which no leg hears; false when the leg has woken up instead. */
  listen(row: number, { now, tick, sentLevel }: QuietTick): boolean {
    const words = this.#words;
    const at = row * wordsPerLeg;
    if (words[at + on] === 0) return false;
    if (words[at + ticks]! >= ticksBetweenSettling) {
      this.#legs[row]!.settle();
      if (words[at + on] === 0) return false;
    }
    const waits = words[at + waiting]!;
    const level =
      waits === 0 ? Number.POSITIVE_INFINITY : this.#levelOf(row, words[at + nextSequence]! - waits);
    if (!(level < quietBelow)) {
      if (waits > 0) this.#meters[row]!.keep?.();
      this.#legs[row]!.wake();
      return false;
    }
    const entry = row * levelsPerLeg + 2 * words[at + ticks]!;
    words[at + waiting] = waits - 1;
    words[at + ticks] = words[at + ticks]! + 1;
    words[at + passed] = words[at + passed]! + 1;
    words[at + lastTick] = tick;
    this.#levels[entry] = level;
    this.#levels[entry + 1] = sentLevel;
    this.#times[row * timesPerLeg + lastTickAt] = now;
    return true;
  }

  /** Sends a quiet leg the shared mix; false when that is no single packet, and the leg has woken up instead. */
  send(row: number, payload: TickPayload): boolean {
    if (payload !== this.#loaded && !this.#load(payload)) {
      this.#legs[row]!.wake();
      return false;
    }
    const words = this.#words;
    const at = row * wordsPerLeg;
    const packet = this.#outgoing;
    const sequence = words[at + outSequence]!;
    packet[1] = words[at + outType]!;
    packet[2] = sequence >>> 8;
    packet[3] = sequence;
    writeWord(packet, 4, words[at + outTimestamp]!);
    writeWord(packet, 8, words[at + outSsrc]!);
    words[at + outSequence] = (sequence + 1) & 0xffff;
    words[at + outTimestamp] = words[at + outTimestamp]! + words[at + outUnits]!;
    words[at + sent] = words[at + sent]! + 1;
    words[at + sentBytes] = words[at + sentBytes]! + packet.length - rtpHeaderBytes;
    const place = this.#followed[row]!;
    if (place >= 0) this.#direct!.sendFollowed(place, packet.length);
    else this.#sockets[row]!.send(packet, this.#targets[row]!.port, this.#targets[row]!.address);
    return true;
  }

  /** A tick begins: payloads are new. */
  beginTick(): void {
    this.#loaded = undefined;
  }

  /** What a leg's objects have not been told, which they are hereby; valid until the next call. */
  takeRun(row: number): Readonly<QuietRun> {
    const words = this.#words;
    const at = row * wordsPerLeg;
    const run = this.#run;
    run.from = row * timesPerLeg;
    run.levelsFrom = row * levelsPerLeg;
    run.packets = words[at + received]!;
    run.ticks = words[at + ticks]!;
    run.sent = words[at + sent]!;
    run.sentBytes = words[at + sentBytes]!;
    run.tick = words[at + lastTick]!;
    run.tickAt = this.#times[run.from + lastTickAt]!;
    run.sequence = (words[at + nextSequence]! - 1) & 0xffff;
    words[at + received] = 0;
    words[at + ticks] = 0;
    words[at + sent] = 0;
    words[at + sentBytes] = 0;
    return run;
  }

  /** The last tick, the payload type of what waits, and how much of what was played is to be decoded again. */
  standing(row: number): { readonly tick: number; readonly payloadType: number; readonly footing: number } {
    const at = row * wordsPerLeg;
    const words = this.#words;
    const { footing } = this.#meters[row]!;
    return { tick: words[at + lastTick]!, payloadType: words[at + payloadType]!, footing };
  }

  /** How many packets wait, and how many of the last that were played are still here, `wanted` at most. */
  waitingIn(row: number): number {
    return this.#words[row * wordsPerLeg + waiting]!;
  }

  playedIn(row: number, wanted: number): number {
    const at = row * wordsPerLeg;
    return Math.min(wanted, this.#words[at + passed]!, places - this.#words[at + waiting]!);
  }

  /** The payload so many packets after the next to be played, or before it (negative); valid until the leg's next packet. */
  payload(row: number, offset: number): Uint8Array {
    const at = row * wordsPerLeg;
    const place = placeOf(row, this.#words[at + nextSequence]! - this.#words[at + waiting]! + offset);
    return this.#payloads.subarray(place * placeBytes, place * placeBytes + this.#lengths[place]!);
  }

  /** What the packet says of its own level that `payload` would give. */
  audioLevel(row: number, offset: number): number | undefined {
    const next = this.#words[row * wordsPerLeg + nextSequence]! - this.waitingIn(row);
    return this.#claimOf(placeOf(row, next + offset));
  }

  #claimOf(place: number): number | undefined {
    const claim = this.#claims[place]!;
    return claim === noClaim ? undefined : claim;
  }

  #levelOf(row: number, sequence: number): number {
    const place = placeOf(row, sequence);
    const start = place * placeBytes;
    const end = start + this.#lengths[place]!;
    return this.#meters[row]!.level(this.#payloads, start, end, quietBelow, this.#claimOf(place));
  }

  /** Lets the leg's socket be used by number, where it can; false when it cannot now. */
  #follow(row: number, far: MediaAddress): boolean {
    const socket = this.#sockets[row]!;
    this.#followed[row] = -1;
    if (!socket.follow) return true;
    const followed = socket.follow(far, { row, rows: this });
    if (!followed) return false;
    this.#followed[row] = followed.place;
    if (this.#direct === followed.sockets) return true;
    this.#direct = followed.sockets;
    this.#packet = this.#outgoing = followed.sockets.outgoing as Uint8Array<ArrayBuffer>;
    this.#loaded = undefined;
    return true;
  }

  #load(payload: TickPayload): boolean {
    const { bytes, split, ticks: held, paused } = payload;
    if (bytes.length === 0 || bytes.length > placeBytes || split > 0 || held > 1 || paused) return false;
    const length = rtpHeaderBytes + bytes.length;
    if (this.#outgoing.length !== length) this.#outgoing = this.#packet.subarray(0, length);
    this.#packet[0] = 0x80;
    this.#packet.set(bytes, rtpHeaderBytes);
    this.#loaded = payload;
    return true;
  }
}

const placeOf = (row: number, sequence: number): number => row * places + (sequence & (places - 1));

/** Behind the header and its extension, if it has one; beyond the packet where it has anything else (RFC 3550 §5.1). */
function payloadStart(packet: Uint8Array): number {
  if (packet[0] === 0x80) return rtpHeaderBytes;
  if (packet[0] !== 0x90 || packet.length < rtpHeaderBytes + 4) return Number.POSITIVE_INFINITY;
  return rtpHeaderBytes + 4 + 4 * ((packet[14]! << 8) | packet[15]!);
}

/** Whether a payload of Opus is one frame of a tick that is kept here. */
function isOneFrame(packet: Uint8Array, start: number): boolean {
  const length = packet.length - start;
  return length > 2 && length <= placeBytes && samplesBetween(packet, start, packet.length, 48_000) === 960;
}

const wordIn = (bytes: Uint8Array, at: number): number =>
  (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;

function writeWord(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 24;
  bytes[at + 1] = value >>> 16;
  bytes[at + 2] = value >>> 8;
  bytes[at + 3] = value;
}
