// A leg's sending side: cuts the payload of each tick into packets of the agreed length, gives them this leg's
// header and sends them. Sequence and timestamp run on through every renegotiation, the timestamp also while
// nothing is sent, so that the far end sees one stream with pauses (RFC 3550 §5.1).
import { randomBytes } from "node:crypto";
import type { AudioCodec } from "../audio/index.ts";
import {
  addToSequence,
  addToTimestamp,
  emptyRtpHeader,
  type Latch,
  type MediaSocket,
  rtpHeaderBytes,
  writeRtpHeader,
} from "../rtp/index.ts";
import type { AudioPlan } from "../sdp/types.ts";
import type { Totals } from "./totals.ts";

export interface OutboundOptions {
  readonly socket: MediaSocket;
  /** Knows where to send. */
  readonly latch: Latch;
  readonly samplesPerTick: number;
  readonly totals: Totals;
}

export class Outbound {
  readonly ssrc = randomBytes(4).readUInt32BE();
  packetsSent = 0;
  octetsSent = 0;
  /** The timestamp that belongs to the running tick. */
  timestamp = randomBytes(4).readUInt32BE();
  readonly #options: OutboundOptions;
  readonly #header = emptyRtpHeader();
  #packet = new Uint8Array(rtpHeaderBytes);
  /** Bytes of the packet that are filled, header included. */
  #filled = rtpHeaderBytes;
  #samplesPerByte = 1;

  constructor(options: OutboundOptions) {
    this.#options = options;
    this.#header.ssrc = this.ssrc;
    this.#header.sequence = randomBytes(2).readUInt16BE();
    this.#header.marker = true;
  }

  /** A packet that was begun under other terms is dropped. */
  configure(plan: AudioPlan, codec: AudioCodec): void {
    const bytes = rtpHeaderBytes + Math.round((codec.bytesPerSecond * plan.ptimeMs) / 1000);
    if (bytes !== this.#packet.length) this.#packet = new Uint8Array(bytes);
    this.#filled = rtpHeaderBytes;
    this.#header.payloadType = plan.payloadType;
    this.#samplesPerByte = codec.rate / codec.bytesPerSecond;
  }

  /** One tick's payload. */
  send(payload: Uint8Array): void {
    if (this.#filled === rtpHeaderBytes && payload.length === this.#packet.length - rtpHeaderBytes) {
      this.#header.timestamp = this.timestamp;
      this.#packet.set(payload, rtpHeaderBytes);
      this.#emit();
    } else this.#cut(payload);
    this.timestamp = addToTimestamp(this.timestamp, this.#options.samplesPerTick);
  }

  /** A tick in which nothing is sent; what comes after it begins a talk spurt. */
  pause(): void {
    this.#filled = rtpHeaderBytes;
    this.#header.marker = true;
    this.timestamp = addToTimestamp(this.timestamp, this.#options.samplesPerTick);
  }

  /** Packets that are shorter or longer than a tick. */
  #cut(payload: Uint8Array): void {
    for (let index = 0; index < payload.length; index += 1) {
      if (this.#filled === rtpHeaderBytes) {
        this.#header.timestamp = addToTimestamp(this.timestamp, index * this.#samplesPerByte);
      }
      this.#packet[this.#filled] = payload[index]!;
      this.#filled += 1;
      if (this.#filled < this.#packet.length) continue;
      this.#emit();
      this.#filled = rtpHeaderBytes;
    }
  }

  #emit(): void {
    const { socket, latch, totals } = this.#options;
    const packet = this.#packet;
    const address = latch.targetAddress;
    writeRtpHeader(packet, this.#header);
    this.#header.sequence = addToSequence(this.#header.sequence, 1);
    this.#header.marker = false;
    if (address === undefined) return;
    socket.send(packet, latch.targetPort, address);
    this.packetsSent += 1;
    this.octetsSent += packet.length - rtpHeaderBytes;
    totals.packetsSent += 1;
  }
}
