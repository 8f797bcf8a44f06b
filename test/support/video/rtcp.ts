// RTCP of the phone's video as bytes: reports (RFC 3550 §6.4), NACK and PLI (RFC 4585 §6.2.1, §6.3.1), FIR (RFC 5104 §4.3.1).

import { readSenderReport, type SenderReport } from "../phone/rtp.ts";

const feedback = { transport: 205, payload: 206 } as const;

export interface VideoFeedbackCounts {
  pli: number;
  fir: number;
  /** Packets that were asked for again. */
  nacked: number[];
  senderReports: number;
  /** The last one. */
  senderReport?: SenderReport | undefined;
}

/** An empty receiver report, which every compound packet begins with. */
export function writeReceiverReport(ssrc: number): Buffer {
  const report = Buffer.alloc(8);
  report.writeUInt32BE(0x80c90001, 0);
  report.writeUInt32BE(ssrc, 4);
  return report;
}

export interface Sent {
  readonly ssrc: number;
  readonly timestamp: number;
  readonly packets: number;
  readonly octets: number;
}

/** By the clock on the wall, as NTP counts it (RFC 3550 §4). */
export function writeSenderReport({ ssrc, timestamp, packets, octets }: Sent, wallMs: number): Buffer {
  const report = Buffer.alloc(28);
  report.writeUInt32BE(0x80c80006, 0);
  report.writeUInt32BE(ssrc, 4);
  report.writeUInt32BE((Math.floor(wallMs / 1000) + 2_208_988_800) >>> 0, 8);
  report.writeUInt32BE(Math.floor(((wallMs % 1000) / 1000) * 2 ** 32) >>> 0, 12);
  report.writeUInt32BE(timestamp >>> 0, 16);
  report.writeUInt32BE(packets >>> 0, 20);
  report.writeUInt32BE(octets >>> 0, 24);
  return report;
}

export function writePli(ssrc: number, mediaSsrc: number): Buffer {
  const pli = Buffer.alloc(12);
  pli.writeUInt32BE(0x81ce0002, 0);
  pli.writeUInt32BE(ssrc, 4);
  pli.writeUInt32BE(mediaSsrc, 8);
  return pli;
}

export function writeNack(ssrc: number, mediaSsrc: number, sequences: readonly number[]): Buffer {
  const nack = Buffer.alloc(12 + 4 * sequences.length);
  nack.writeUInt32BE(((0x81 << 24) | (feedback.transport << 16) | (2 + sequences.length)) >>> 0, 0);
  nack.writeUInt32BE(ssrc, 4);
  nack.writeUInt32BE(mediaSsrc, 8);
  for (const [index, sequence] of sequences.entries()) nack.writeUInt16BE(sequence, 12 + 4 * index);
  return nack;
}

/** Adds what stands in a compound packet. */
export function readFeedback(data: Buffer, counts: VideoFeedbackCounts): void {
  for (let at = 0; at + 8 <= data.length; ) {
    const format = data[at]! & 0x1f;
    const type = data[at + 1]!;
    const end = Math.min(data.length, at + 4 * (data.readUInt16BE(at + 2) + 1));
    if (type === 200) {
      counts.senderReports += 1;
      counts.senderReport = readSenderReport(data.subarray(at, end));
    }
    if (type === feedback.payload && format === 1) counts.pli += 1;
    if (type === feedback.payload && format === 4) counts.fir += 1;
    if (type === feedback.transport && format === 1) readNacks(data.subarray(at + 12, end), counts.nacked);
    at = end;
  }
}

function readNacks(items: Buffer, sequences: number[]): void {
  for (let at = 0; at + 4 <= items.length; at += 4) {
    const first = items.readUInt16BE(at);
    const others = items.readUInt16BE(at + 2);
    sequences.push(first);
    for (let bit = 0; bit < 16; bit += 1) if ((others >> bit) & 1) sequences.push((first + bit + 1) & 0xffff);
  }
}
