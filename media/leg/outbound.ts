// A leg's sending side: cuts the payload of each tick into packets of the agreed length, gives them this leg's
// header and sends them. Sequence and timestamp run on through every renegotiation, the timestamp also while
// nothing is sent, so that the far end sees one stream with pauses (RFC 3550 §5.1). While a key of ours is down, its
// events go out in the audio's place.
import { randomBytes } from "node:crypto";
import type { LegDump } from "../record/index.ts";
import type { QuietRun } from "../rtp/index.ts";
import {
  addToSequence,
  addToTimestamp,
  DtmfSender,
  emptyRtpHeader,
  eventBytes,
  type Latch,
  type MediaSocket,
  rtpHeaderBytes,
  writeRtpHeader,
} from "../rtp/index.ts";
import type { AudioPlan } from "../sdp/index.ts";
import type { OutboundProgress } from "./checkpoint.ts";
import type { QuietTerms } from "./quiet-legs.ts";
import type { SendFormat } from "./send-format.ts";
import type { TickPayload } from "./tick-payload.ts";
import type { Totals } from "./totals.ts";

export interface OutboundOptions {
  readonly socket: MediaSocket;
  /** That of the socket. */
  readonly port: number;
  /** Knows where to send. */
  readonly latch: Latch;
  readonly tickMs: number;
  readonly totals: Totals;
  /** Of its stream; a random one when undefined. */
  readonly ssrc?: number | undefined;
}

/** Packets that a stream skips beyond what its pace says, when another process goes on with it. */
const sequenceMargin = 25;
const usualKeyClock = 8000;
/** RFC 6716 §3.4. */
const maxFrameBytes = 1275;

export class Outbound {
  /**
   * Stays as it is when the far end sends by the same one, where RFC 3550 §8.2 has us take another: of two ends nothing is mistaken, and
   * one that sends back what it hears would take each new one, too.
   */
  readonly ssrc: number;
  packetsSent = 0;
  octetsSent = 0;
  /** Is shown every packet. */
  dump: LegDump | undefined;
  /** The timestamp that belongs to the running tick. */
  timestamp = randomBytes(4).readUInt32BE();
  readonly #options: OutboundOptions;
  readonly #header = emptyRtpHeader();
  #memory = new Uint8Array(rtpHeaderBytes);
  /** Packets of framed payloads in `#memory`, by the length of the payload. */
  readonly #views: (Uint8Array<ArrayBuffer> | undefined)[] = [];
  /** The packet at hand, in `#memory`. */
  #packet = this.#memory;
  /** Bytes of the packet that are filled, header included. */
  #filled = rtpHeaderBytes;
  /** Timestamp units of a tick, and of a byte where bytes may be cut anywhere. */
  #unitsPerTick = 160;
  #unitsPerByte = 1;
  /** Bytes may not be cut: a payload is a packet. */
  #framed = false;
  /** The far end hears silence of which most packets are left out. */
  #paused = false;
  readonly #keys = new DtmfSender();
  readonly #keyPacket = new Uint8Array(rtpHeaderBytes + eventBytes);
  #audioType = 0;
  /** Of keys: undefined while none are agreed; and of their clock. */
  #keyType: number | undefined;
  #keyUnitsPerTick = 160;
  #packetMs = 20;

  constructor(options: OutboundOptions) {
    this.#options = options;
    this.ssrc = options.ssrc ?? randomBytes(4).readUInt32BE();
    this.#header.ssrc = this.ssrc;
    // In the lower half: a receiver of SRTP that misses the first packets cannot miss a rollover (RFC 4568 §6.4).
    this.#header.sequence = randomBytes(2).readUInt16BE() >>> 1;
    this.#header.marker = true;
  }

  /** A packet that was begun under other terms is dropped; one that was begun under the same goes on. */
  configure(plan: AudioPlan, { audio }: SendFormat): void {
    const framed = audio.bytesPerSecond === 0;
    const unitsPerByte = framed ? 0 : audio.clockRate / audio.bytesPerSecond;
    const payload = framed ? maxFrameBytes : Math.round((audio.bytesPerSecond * plan.ptimeMs) / 1000);
    const bytes = rtpHeaderBytes + payload;
    const goesOn =
      bytes === this.#memory.length &&
      plan.payloadType === this.#audioType &&
      unitsPerByte === this.#unitsPerByte;
    if (bytes !== this.#memory.length) {
      this.#memory = new Uint8Array(bytes);
      this.#views.length = 0;
    }
    if (!goesOn) this.#filled = rtpHeaderBytes;
    this.#packet = this.#memory;
    this.#framed = framed;
    this.#unitsPerByte = unitsPerByte;
    this.#packetMs = plan.ptimeMs;
    this.#audioType = plan.payloadType;
    this.#header.payloadType = plan.payloadType;
    this.#keyType = plan.telephoneEvent;
    const keyClock = plan.telephoneEvent === undefined ? undefined : plan.events.get(plan.telephoneEvent);
    this.#keyUnitsPerTick = Math.round(((keyClock ?? usualKeyClock) * this.#options.tickMs) / 1000);
    if (this.#keyType === undefined) this.#keys.clear();
    this.#unitsPerTick = Math.round((audio.clockRate * this.#options.tickMs) / 1000);
  }

  get progress(): OutboundProgress {
    return { sequence: this.#header.sequence, timestamp: this.timestamp };
  }

  /**
   * Goes on with a stream that another process has sent, `ageMs` after it had come so far: never behind what it has sent since, which
   * a receiver would take for old packets.
   */
  resume({ sequence, timestamp }: OutboundProgress, ageMs: number): void {
    const packets = Math.ceil(ageMs / Math.min(this.#packetMs, this.#options.tickMs)) + sequenceMargin;
    const ticks = Math.ceil(ageMs / this.#options.tickMs);
    this.#header.sequence = addToSequence(sequence, packets);
    this.#header.marker = true;
    this.timestamp = addToTimestamp(timestamp, ticks * this.#unitsPerTick);
  }

  /** One tick's payload. */
  send(payload: TickPayload): void {
    if (!this.#keys.idle && this.#sendKey()) this.#filled = rtpHeaderBytes;
    else if (this.#framed) this.#sendFrames(payload);
    else this.#sendBytes(payload.bytes);
    this.timestamp = addToTimestamp(this.timestamp, this.#unitsPerTick);
  }

  /** What is sent next, as long as a tick is a packet; undefined while it is not. */
  get steady(): Omit<QuietTerms["out"], "format"> | undefined {
    const { latch } = this.#options;
    const whole =
      this.#framed || this.#packet.length === rtpHeaderBytes + this.#unitsPerTick / this.#unitsPerByte;
    const nothingBegun =
      this.#keys.idle && !this.#paused && !this.#header.marker && this.#filled === rtpHeaderBytes;
    if (!whole || !nothingBegun || latch.targetAddress === undefined) return undefined;
    const { sequence, payloadType } = this.#header;
    return {
      sequence,
      timestamp: this.timestamp,
      ssrc: this.ssrc,
      payloadType,
      unitsPerTick: this.#unitsPerTick,
    };
  }

  /** So many packets were sent, one a tick. */
  passRun({ sent, sentBytes }: QuietRun): void {
    this.#header.sequence = addToSequence(this.#header.sequence, sent);
    this.timestamp = addToTimestamp(this.timestamp, sent * this.#unitsPerTick);
    this.packetsSent += sent;
    this.octetsSent += sentBytes;
    this.#options.totals.packetsSent += sent;
  }

  /** Presses keys, one after the other; false when the far end takes none, or too many wait. */
  sendDtmf(digits: string): boolean {
    return this.#keyType !== undefined && this.#keys.press(digits);
  }

  /** A tick in which nothing is sent; what comes after it begins a talk spurt. */
  pause(): void {
    this.#filled = rtpHeaderBytes;
    this.#header.marker = true;
    this.timestamp = addToTimestamp(this.timestamp, this.#unitsPerTick);
  }

  /** This tick of a key, if one is down. */
  #sendKey(): boolean {
    const keys = this.#keys;
    if (!keys.advance(this.#keyUnitsPerTick)) return false;
    this.#packet = this.#keyPacket;
    this.#keyPacket.set(keys.payload, rtpHeaderBytes);
    this.#header.payloadType = this.#keyType!;
    this.#header.timestamp = addToTimestamp(this.timestamp, -keys.ticksSinceBegin * this.#unitsPerTick);
    this.#header.marker = keys.begins;
    this.#emit();
    this.#header.payloadType = this.#audioType;
    this.#packet = this.#memory;
    return true;
  }

  /** A packet of one or more ticks, two of half a tick each, or none before a long one is full. */
  #sendFrames({ bytes, split, ticks, paused }: TickPayload): void {
    if (this.#paused && !paused) this.#header.marker = true;
    this.#paused = paused;
    if (bytes.length === 0) return;
    if (split > 0) {
      this.#sendFrame(bytes.subarray(0, split), this.timestamp);
      this.#sendFrame(bytes.subarray(split), addToTimestamp(this.timestamp, this.#unitsPerTick / 2));
    } else this.#sendFrame(bytes, addToTimestamp(this.timestamp, (1 - ticks) * this.#unitsPerTick));
  }

  #sendFrame(frame: Uint8Array, timestamp: number): void {
    this.#header.timestamp = timestamp;
    this.#memory.set(frame, rtpHeaderBytes);
    this.#views[frame.length] ??= this.#memory.subarray(0, rtpHeaderBytes + frame.length);
    this.#packet = this.#views[frame.length]!;
    this.#emit();
  }

  #sendBytes(payload: Uint8Array): void {
    if (this.#filled === rtpHeaderBytes && payload.length === this.#packet.length - rtpHeaderBytes) {
      this.#header.timestamp = this.timestamp;
      this.#packet.set(payload, rtpHeaderBytes);
      this.#emit();
    } else this.#cut(payload);
  }

  /** Packets that are shorter or longer than a tick. */
  #cut(payload: Uint8Array): void {
    for (let index = 0; index < payload.length; index += 1) {
      if (this.#filled === rtpHeaderBytes) {
        this.#header.timestamp = addToTimestamp(this.timestamp, index * this.#unitsPerByte);
      }
      this.#packet[this.#filled] = payload[index]!;
      this.#filled += 1;
      if (this.#filled < this.#packet.length) continue;
      this.#emit();
      this.#filled = rtpHeaderBytes;
    }
  }

  #emit(): void {
    const { socket, port, latch, totals } = this.#options;
    const packet = this.#packet;
    const address = latch.targetAddress;
    writeRtpHeader(packet, this.#header);
    this.#header.sequence = addToSequence(this.#header.sequence, 1);
    this.#header.marker = false;
    if (address === undefined) return;
    this.dump?.sent(packet, { address, port: latch.targetPort }, port);
    socket.send(packet, latch.targetPort, address);
    this.packetsSent += 1;
    this.octetsSent += packet.length - rtpHeaderBytes;
    totals.packetsSent += 1;
  }
}
