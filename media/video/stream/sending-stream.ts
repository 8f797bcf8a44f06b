// The sending side of one line of video: gives payloads that were made once for all viewers of the same pictures this
// viewer's own header, remembers them for a while, and sends again what it misses, as a stream of its own where that was agreed
// (RFC 4588 §4). The timestamp runs on through changes of the encoder and of the room.
import { randomBytes } from "node:crypto";
import {
  addToSequence,
  addToTimestamp,
  emptyRtpHeader,
  type FeedbackFindings,
  rtpHeaderBytes,
  writeRtpHeader,
  writeUint16,
} from "../../rtp/index.ts";
import type { VideoPlan } from "../../sdp/index.ts";
import { videoClockRate } from "../types.ts";
import { PacketHistory, type SentPacket } from "./packet-history.ts";

/** The largest payload of a packet: with headers, RTX and SRTP it must not be fragmented in tunnels. */
export const maxPayloadBytes = 1180;
/** A NAL unit that may not be cut can be longer than was asked for, and is then left to IP to cut; what is longer is left out. */
const maxPacketBytes = 1472;
const rtxBytes = 2;
/** A packet is not sent again sooner: what is on its way need not be asked for twice. */
const repeatRestMs = 40;
/** The rate limit of retransmissions: bytes a millisecond, then bytes at once. */
const repeatBytesPerMs = 60;
const repeatBurst = 60_000;
const unitsPerMs = videoClockRate / 1000;

const randomSsrc = (): number => randomBytes(4).readUInt32BE();
/** In the lower half: a receiver of SRTP that misses the first packets cannot miss a rollover (RFC 4568 §6.4). */
const randomSequence = (): number => randomBytes(2).readUInt16BE() >>> 1;

/** The checkpoint of a stream, from which another process continues it. */
export interface SendingProgress {
  /** Of the next packets. */
  readonly sequence: number;
  readonly rtxSequence: number;
  readonly timestamp: number;
}

/** More packets than 20 Mbit/s are, each second and at once: a receiver takes a jump for loss. */
const maxPacketsPerMs = 2;
const sequenceMargin = 500;
/** Half of all numbers: a longer jump would be one back. */
const maxJump = 30_000;

export class SendingStream {
  readonly ssrc: number;
  readonly rtxSsrc: number;
  packetsSent = 0;
  /** Of payload. */
  octetsSent = 0;
  packetsRepeated = 0;
  framesSent = 0;
  readonly #send: (packet: Uint8Array) => void;
  readonly #header = emptyRtpHeader();
  readonly #rtxHeader = emptyRtpHeader();
  readonly #packet = new Uint8Array(maxPacketBytes);
  readonly #history = new PacketHistory();
  /** The offset that is added to the pictures' timestamps; undefined before the first picture of a source. */
  #offset: number | undefined;
  #source: object | undefined;
  /** The last picture's, and when it was taken, monotonic milliseconds. */
  #timestamp = randomSsrc();
  #capturedAt: number | undefined;
  #repeatBudget = repeatBurst;
  #repeatedAt = 0;
  #rtxType: number | undefined;

  /** `send` is given each packet; its memory is used again afterwards. `named`: by another process, else at random. */
  constructor(
    send: (packet: Uint8Array) => void,
    named?: { readonly ssrc: number; readonly rtxSsrc: number },
  ) {
    this.#send = send;
    this.ssrc = named?.ssrc ?? randomSsrc();
    this.rtxSsrc = named?.rtxSsrc ?? randomSsrc();
    this.#header.ssrc = this.ssrc;
    this.#header.sequence = randomSequence();
    this.#rtxHeader.ssrc = this.rtxSsrc;
    this.#rtxHeader.sequence = randomSequence();
  }

  /** `now`: monotonic milliseconds. */
  progressAt(now: number): SendingProgress {
    const [sequence, rtxSequence] = [this.#header.sequence, this.#rtxHeader.sequence];
    return { sequence, rtxSequence, timestamp: this.timestampAt(now) };
  }

  /** Goes on with a stream that had come so far `ageMs` ago, never behind what has been sent since. */
  resume({ sequence, rtxSequence, timestamp }: SendingProgress, ageMs: number, now: number): void {
    const jump = Math.min(maxJump, Math.ceil(ageMs * maxPacketsPerMs) + sequenceMargin);
    this.#header.sequence = addToSequence(sequence, jump);
    this.#rtxHeader.sequence = addToSequence(rtxSequence, jump);
    this.#timestamp = addToTimestamp(timestamp, Math.ceil(ageMs * unitsPerMs));
    this.#capturedAt = now;
  }

  /** Packets of an earlier payload type are not retransmitted: the receiver would take them for the new one (RFC 4588 §4). */
  configure(plan: VideoPlan | undefined): void {
    const rtxType = plan?.rtx?.payloadType;
    if (plan?.payloadType !== this.#header.payloadType || rtxType !== this.#rtxType) this.#history.clear();
    if (!plan) return;
    this.#header.payloadType = plan.payloadType;
    this.#rtxType = rtxType;
  }

  /** The RTP timestamp of the instant `now`, monotonic milliseconds. */
  timestampAt(now: number): number {
    if (this.#capturedAt === undefined) return this.#timestamp;
    return addToTimestamp(this.#timestamp, Math.round((now - this.#capturedAt) * unitsPerMs));
  }

  /**
   * A picture begins. `source`: whose clock its `timestamp` is on; `capturedAt`: when it was taken, monotonic milliseconds.
   */
  beginFrame(source: object, timestamp: number, capturedAt: number): void {
    if (source !== this.#source || this.#offset === undefined) {
      this.#source = source;
      this.#offset = (this.timestampAt(capturedAt) - timestamp) | 0;
    }
    this.#timestamp = addToTimestamp(timestamp, this.#offset);
    this.#capturedAt = capturedAt;
    this.framesSent += 1;
  }

  /** A packet of the picture that has begun. */
  sendPayload(payload: Uint8Array, marker: boolean, now: number): void {
    if (rtpHeaderBytes + rtxBytes + payload.length > maxPacketBytes) return;
    const header = this.#header;
    const packet = this.#packet;
    header.marker = marker;
    header.timestamp = this.#timestamp;
    writeRtpHeader(packet, header);
    packet.set(payload, rtpHeaderBytes);
    this.#history.keep({ sequence: header.sequence, timestamp: this.#timestamp, marker, payload }, now);
    header.sequence = addToSequence(header.sequence, 1);
    this.packetsSent += 1;
    this.octetsSent += payload.length;
    this.#send(packet.subarray(0, rtpHeaderBytes + payload.length));
  }

  /** Sends again what is missing, as far as it is known and there is room for it. */
  repeat({ missing, missingCount }: Readonly<FeedbackFindings>, now: number): void {
    const won = Math.max(0, now - this.#repeatedAt) * repeatBytesPerMs;
    this.#repeatBudget = Math.min(repeatBurst, this.#repeatBudget + won);
    this.#repeatedAt = now;
    for (let index = 0; index < missingCount && this.#repeatBudget > 0; index += 1) {
      const sent = this.#history.take(missing[index]!, now, repeatRestMs);
      if (!sent) continue;
      this.#repeatBudget -= sent.payload.length;
      this.packetsRepeated += 1;
      if (this.#rtxType === undefined) this.#repeatAsItWas(sent);
      else this.#repeatBeside(sent, this.#rtxType);
    }
  }

  #repeatAsItWas({ sequence, timestamp, marker, payload }: SentPacket): void {
    const packet = this.#packet;
    writeRtpHeader(packet, { ...this.#header, sequence, timestamp, marker });
    packet.set(payload, rtpHeaderBytes);
    this.#send(packet.subarray(0, rtpHeaderBytes + payload.length));
  }

  #repeatBeside({ sequence, timestamp, marker, payload }: SentPacket, payloadType: number): void {
    const header = this.#rtxHeader;
    const packet = this.#packet;
    header.payloadType = payloadType;
    header.timestamp = timestamp;
    header.marker = marker;
    writeRtpHeader(packet, header);
    header.sequence = addToSequence(header.sequence, 1);
    writeUint16(packet, rtpHeaderBytes, sequence);
    packet.set(payload, rtpHeaderBytes + rtxBytes);
    this.#send(packet.subarray(0, rtpHeaderBytes + rtxBytes + payload.length));
  }
}
