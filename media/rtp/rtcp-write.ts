// Our RTCP, written in place as one compound packet: a sender or receiver report, a CNAME, and BYE at the end
// (RFC 3550 §6.1, §6.4 to §6.6).
import { writeUint32 } from "./packet.ts";

/** The content of one compound packet; the object is reused. */
export interface RtcpReport {
  ssrc: number;
  cname: string;
  /** Wall clock, milliseconds since the Unix epoch. */
  wallMs: number;
  bye: boolean;
  /** What we sent; a receiver report is written when `sending` is false. */
  sending: boolean;
  rtpTimestamp: number;
  packetsSent: number;
  octetsSent: number;
  /** What we received of `sourceSsrc`; no block is written when it is undefined. */
  sourceSsrc: number | undefined;
  fractionLost: number;
  cumulativeLost: number;
  extendedHighest: number;
  jitter: number;
  lastSenderReport: number;
  delaySinceLastSenderReport: number;
}

export const emptyRtcpReport = (ssrc: number, cname: string): RtcpReport => ({
  ssrc,
  cname,
  wallMs: 0,
  bye: false,
  sending: false,
  rtpTimestamp: 0,
  packetsSent: 0,
  octetsSent: 0,
  sourceSsrc: undefined,
  fractionLost: 0,
  cumulativeLost: 0,
  extendedHighest: 0,
  jitter: 0,
  lastSenderReport: 0,
  delaySinceLastSenderReport: 0,
});

/** With an extended report behind it. */
export const maxRtcpBytes = 28 + 24 + 12 + 256 + 8 + 44;
const maxCnameBytes = 64;
const unixToNtpSeconds = 2_208_988_800;

/** Writes the compound packet at the start of `out` (at least `maxRtcpBytes`) and returns its length. */
export function writeRtcp(out: Uint8Array, report: Readonly<RtcpReport>): number {
  let at = writeReport(out, report);
  at = writeCname(out, at, report);
  if (!report.bye) return at;
  writeUint32(out, at, head(1, 203, 2));
  writeUint32(out, at + 4, report.ssrc);
  return at + 8;
}

/** The middle 32 bits of the NTP timestamp, in which round trips are measured. */
export function compactNtp(wallMs: number): number {
  const seconds = Math.floor(wallMs / 1000);
  const fraction = Math.floor(((wallMs - seconds * 1000) * 65_536) / 1000);
  return ((((seconds + unixToNtpSeconds) & 0xffff) << 16) | fraction) >>> 0;
}

function writeReport(out: Uint8Array, report: Readonly<RtcpReport>): number {
  const blocks = report.sourceSsrc === undefined ? 0 : 1;
  const infoBytes = report.sending ? 20 : 0;
  writeUint32(out, 0, head(blocks, report.sending ? 200 : 201, (8 + infoBytes + 24 * blocks) / 4));
  writeUint32(out, 4, report.ssrc);
  if (report.sending) {
    const seconds = Math.floor(report.wallMs / 1000);
    const fraction = (report.wallMs - seconds * 1000) / 1000;
    writeUint32(out, 8, (seconds + unixToNtpSeconds) >>> 0);
    writeUint32(out, 12, Math.floor(fraction * 0x1_0000_0000) >>> 0);
    writeUint32(out, 16, report.rtpTimestamp);
    writeUint32(out, 20, report.packetsSent >>> 0);
    writeUint32(out, 24, report.octetsSent >>> 0);
  }
  const at = 8 + infoBytes;
  if (report.sourceSsrc === undefined) return at;
  writeUint32(out, at, report.sourceSsrc);
  writeUint32(out, at + 4, Math.min(report.cumulativeLost, 0x7fffff));
  out[at + 4] = report.fractionLost;
  writeUint32(out, at + 8, report.extendedHighest >>> 0);
  writeUint32(out, at + 12, Math.floor(report.jitter) >>> 0);
  writeUint32(out, at + 16, report.lastSenderReport);
  writeUint32(out, at + 20, report.delaySinceLastSenderReport);
  return at + 24;
}

function writeCname(out: Uint8Array, at: number, report: Readonly<RtcpReport>): number {
  const length = Math.min(report.cname.length, maxCnameBytes);
  const padded = 4 * Math.ceil((4 + 2 + length + 1) / 4);
  writeUint32(out, at, head(1, 202, (4 + padded) / 4));
  out.fill(0, at + 4, at + 4 + padded);
  writeUint32(out, at + 4, report.ssrc);
  out[at + 8] = 1;
  out[at + 9] = length;
  for (let index = 0; index < length; index += 1)
    out[at + 10 + index] = report.cname.charCodeAt(index) & 0x7f;
  return at + 4 + padded;
}

/** The first word of a packet that is `words` 32-bit words long, this one included. */
function head(count: number, type: number, words: number): number {
  return (((0x80 | count) << 24) | (type << 16) | (words - 1)) >>> 0;
}
