// The table of the quiet legs of an engine, a fast path for the usual case: a packet comes every tick, in order, from the known
// source, too quiet to be heard, and the leg is sent the shared mix. Their ticks only read and write a few typed arrays. A leg's
// objects are updated after a dozen ticks (`settle`), and at once when anything is unexpected: a packet that is missing, late or
// loud, a key, a command. Then the leg is awake and is processed by its objects again.
//
//   words     per leg: the expected next packet, the counters since the objects were updated, the next packet to send
//   times     per leg: the arrival times of the packets since then; and the time of the last tick
//   levels    per leg: the level of each tick since then, and the level of the audio that was sent before it
//   payloads  per leg: eight places by sequence number; the waiting payloads, and the last that were played
//   claims    per place: the audio level in the packet's header extension
//
// Knows neither rooms nor codecs: the codec's meter gives the level of a payload.

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

/** The columns of a row of `words`. */
const on = 0;
const nextSequence = 1;
const nextTimestamp = 2;
const ssrc = 3;
const payloadType = 4;
/** Bytes of a payload; 0 when they vary. */
const payloadBytes = 5;
const unitsPerPacket = 6;
/** Since the objects were updated: packets received, ticks, packets sent. */
const received = 7;
const ticks = 8;
const sent = 9;
/** Packets that have not been played; then ticks since the leg became quiet. */
const waiting = 10;
const passed = 11;
const outSequence = 12;
const outTimestamp = 13;
const outSsrc = 14;
const outType = 15;
const outUnits = 16;
/** Payload bytes sent since the objects were updated. */
const sentBytes = 17;
/** The number of the last tick. */
const lastTick = 18;
/** The id of the audio level header extension; 0: not negotiated. */
const levelExtension = 19;
const wordsPerLeg = 20;

/** The objects are updated after so many ticks; `times` has places for all packets that can come in the meantime. */
const ticksBetweenSettling = 12;
const maxWaiting = 3;
const timesPerLeg = ticksBetweenSettling + maxWaiting + 1;
const lastTickAt = timesPerLeg - 1;
const levelsPerLeg = 2 * ticksBetweenSettling;

const places = 8;
const placeBytes = 256;
/** The claim of a packet without an audio level. */
const noClaim = 255;

/** A frame below this is always inaudible (it is the lowest threshold of speech), and contains no key. */
export const quietBelow = fromDbov(-54);

/** The state of a leg that becomes quiet. */
export interface QuietTerms {
  /** The sequence number of the next packet. */
  readonly sequence: number;
  readonly timestamp: number;
  readonly ssrc: number;
  readonly payloadType: number;
  readonly format: AudioFormat;
  readonly meter: PayloadMeter;
  /** The id of the audio level header extension (RFC 6464); undefined: not negotiated. */
  readonly levelExtension: number | undefined;
  /** The packets that wait to be played, the next first. */
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

/** The parameters of a room's tick. */
export interface QuietTick {
  /** When the tick is due, monotonic milliseconds. */
  now: number;
  tick: number;
  /** Mean square of the audio that the room's quiet legs were sent last. */
  sentLevel: number;
}

export interface QuietLeg {
  /** Updates the leg's objects by `takeRun`. */
  settle(): void;
  /** Called when the leg is quiet no longer. */
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
  /** For legs whose sockets are used by number: the number; then those sockets. */
  readonly #followed: number[] = [];
  #direct: DirectSockets | undefined;
  /** The packet that is sent next, and the payload in it. */
  #packet = new Uint8Array(rtpHeaderBytes + placeBytes);
  #outgoing = this.#packet;
  #loaded: TickPayload | undefined;
  readonly #run: QuietRun;

  /** `capacity`: rows of the table. The system provides memory only for rows that are used. */
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

  /** Assigns a row to a leg; undefined when all are taken: the leg is then never quiet. */
  admit(leg: QuietLeg, socket: MediaSocket): number | undefined {
    const row = this.#free.pop() ?? (this.#rows < this.#capacity ? this.#rows++ : undefined);
    if (row === undefined) return undefined;
    this.#legs[row] = leg;
    this.#sockets[row] = socket;
    return row;
  }

  /** Frees the row of a leg that closes; the leg must be awake. */
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

  /** The send format of a quiet leg. */
  formatOf(row: number): SendFormat {
    return this.#formats[row]!;
  }

  /** Makes a leg quiet; false when a payload is too long for the table, or too many wait. */
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

  /** Makes the leg awake. */
  end(row: number): void {
    this.#words[row * wordsPerLeg + on] = 0;
    this.count -= 1;
    this.#sockets[row]?.unfollow?.();
  }

  /** Takes a packet of the leg's own sender; false when the leg's objects must handle it. */
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

  /** Plays the next packet of a quiet leg, unheard; false when the leg has woken up instead. */
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

  /** Sends the shared mix to a quiet leg; false when it is not a single packet, and the leg has woken up instead. */
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

  /** A tick begins: the payload of the tick before is not valid any more. */
  beginTick(): void {
    this.#loaded = undefined;
  }

  /** Takes the run since the leg's objects were updated, and starts a new one; valid until the next call. */
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

  /** The last tick, the payload type of the waiting packets, and how many of the played payloads must be decoded again. */
  standing(row: number): { readonly tick: number; readonly payloadType: number; readonly footing: number } {
    const at = row * wordsPerLeg;
    const words = this.#words;
    const { footing } = this.#meters[row]!;
    return { tick: words[at + lastTick]!, payloadType: words[at + payloadType]!, footing };
  }

  /** How many packets wait; `playedIn`: how many of the last played ones are still in the table, at most `wanted`. */
  waitingIn(row: number): number {
    return this.#words[row * wordsPerLeg + waiting]!;
  }

  playedIn(row: number, wanted: number): number {
    const at = row * wordsPerLeg;
    return Math.min(wanted, this.#words[at + passed]!, places - this.#words[at + waiting]!);
  }

  /** The payload `offset` packets after the next to be played, or before it (negative); valid until the leg's next packet. */
  payload(row: number, offset: number): Uint8Array {
    const at = row * wordsPerLeg;
    const place = placeOf(row, this.#words[at + nextSequence]! - this.#words[at + waiting]! + offset);
    return this.#payloads.subarray(place * placeBytes, place * placeBytes + this.#lengths[place]!);
  }

  /** The audio level in the packet that `payload` would return. */
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

  /** Makes the leg's socket usable by number; false when that is not possible now. */
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

/** The offset behind the header and its extension; beyond the packet if it has padding or CSRCs (RFC 3550 §5.1). */
function payloadStart(packet: Uint8Array): number {
  if (packet[0] === 0x80) return rtpHeaderBytes;
  if (packet[0] !== 0x90 || packet.length < rtpHeaderBytes + 4) return Number.POSITIVE_INFINITY;
  return rtpHeaderBytes + 4 + 4 * ((packet[14]! << 8) | packet[15]!);
}

/** Whether an Opus payload is one frame of 20 ms that fits a place. */
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
