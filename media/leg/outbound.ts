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
  /** The local port of the socket. */
  readonly port: number;
  /** Gives the destination. */
  readonly latch: Latch;
  readonly tickMs: number;
  readonly totals: Totals;
  /** The SSRC of the stream; a random one when undefined. */
  readonly ssrc?: number | undefined;
}

/** Sequence numbers that are skipped in addition to the estimate, when a stream of another process is continued. */
const sequenceMargin = 25;
const usualKeyClock = 8000;
/** RFC 6716 §3.4. */
const maxFrameBytes = 1275;

export class Outbound {
  /**
   * Not changed when the far end uses the same SSRC, although RFC 3550 §8.2 asks for it: between two ends it causes no confusion,
   * and a far end that loops our packets back would use each new one, too.
   */
  readonly ssrc: number;
  packetsSent = 0;
  octetsSent = 0;
  /** Receives every packet that is sent. */
  dump: LegDump | undefined;
  /** The timestamp that belongs to the running tick. */
  timestamp = randomBytes(4).readUInt32BE();
  readonly #options: OutboundOptions;
  readonly #header = emptyRtpHeader();
  #memory = new Uint8Array(rtpHeaderBytes);
  /** Views of packets of framed payloads in `#memory`, by the length of the payload. */
  readonly #views: (Uint8Array<ArrayBuffer> | undefined)[] = [];
  /** The packet that is being filled, in `#memory`. */
  #packet = this.#memory;
  /** Bytes of the packet that are filled, header included. */
  #filled = rtpHeaderBytes;
  /** Timestamp units of a tick, and of a byte if the payload may be cut at any byte. */
  #unitsPerTick = 160;
  #unitsPerByte = 1;
  /** A payload is a packet: it may not be cut. */
  #framed = false;
  /** Silence is sent, and most of its packets are left out. */
  #paused = false;
  readonly #keys = new DtmfSender();
  readonly #keyPacket = new Uint8Array(rtpHeaderBytes + eventBytes);
  #audioType = 0;
  /** The payload type of telephone events; undefined: not negotiated. Then their timestamp units of a tick. */
  #keyType: number | undefined;
  #keyUnitsPerTick = 160;
  #packetMs = 20;

  constructor(options: OutboundOptions) {
    this.#options = options;
    this.ssrc = options.ssrc ?? randomBytes(4).readUInt32BE();
    this.#header.ssrc = this.ssrc;
    // In the lower half, so that an SRTP receiver that misses the first packets does not miss a rollover (RFC 4568 §6.4).
    this.#header.sequence = randomBytes(2).readUInt16BE() >>> 1;
    this.#header.marker = true;
  }

  /** Drops a partly filled packet if the terms have changed; otherwise it is filled further. */
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
   * Continues the stream of another process from its checkpoint, which is `ageMs` old. Sequence and timestamp skip beyond all that
   * it may have sent since then: a receiver would take smaller ones for old packets.
   */
  resume({ sequence, timestamp }: OutboundProgress, ageMs: number): void {
    const packets = Math.ceil(ageMs / Math.min(this.#packetMs, this.#options.tickMs)) + sequenceMargin;
    const ticks = Math.ceil(ageMs / this.#options.tickMs);
    this.#header.sequence = addToSequence(sequence, packets);
    this.#header.marker = true;
    this.timestamp = addToTimestamp(timestamp, ticks * this.#unitsPerTick);
  }

  /** Sends one tick's payload. */
  send(payload: TickPayload): void {
    if (!this.#keys.idle && this.#sendKey()) this.#filled = rtpHeaderBytes;
    else if (this.#framed) this.#sendFrames(payload);
    else this.#sendBytes(payload.bytes);
    this.timestamp = addToTimestamp(this.timestamp, this.#unitsPerTick);
  }

  /** The header of the next packet, if each tick is one packet; undefined otherwise. */
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

  /** Counts the packets that were sent without this object, one a tick. */
  passRun({ sent, sentBytes }: QuietRun): void {
    this.#header.sequence = addToSequence(this.#header.sequence, sent);
    this.timestamp = addToTimestamp(this.timestamp, sent * this.#unitsPerTick);
    this.packetsSent += sent;
    this.octetsSent += sentBytes;
    this.#options.totals.packetsSent += sent;
  }

  /** Sends DTMF digits, one after the other; false when events are not negotiated, or too many wait. */
  sendDtmf(digits: string): boolean {
    return this.#keyType !== undefined && this.#keys.press(digits);
  }

  /** A tick in which nothing is sent; the next packet begins a talk spurt. */
  pause(): void {
    this.#filled = rtpHeaderBytes;
    this.#header.marker = true;
    this.timestamp = addToTimestamp(this.timestamp, this.#unitsPerTick);
  }

  /** Sends this tick of a key; false when no key is down. */
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

  /** Sends a packet of one or more ticks, two of half a tick each, or none before a long one is full. */
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

  /** Cuts the payload into packets of any length. */
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
