// The far end's RTCP, read strictly within its bounds (RFC 3550 §6.4, appendix A.2). Of a compound packet we
// want three things: the sender's clock, what it received of our stream, and whether it says goodbye.
import { readUint32 } from "./packet.ts";

/** Reused for every packet; `false` marks what the compound packet did not say. */
export interface RtcpFindings {
  senderSsrc: number;
  hasSenderReport: boolean;
  /** The middle 32 bits of the sender's NTP timestamp. */
  senderNtp: number;
  hasBlock: boolean;
  fractionLost: number;
  cumulativeLost: number;
  /** The highest sequence number of ours that was received, with its cycles. */
  extendedHighest: number;
  /** In units of our clock rate. */
  jitter: number;
  lastSenderReport: number;
  delaySinceLastSenderReport: number;
  hasBye: boolean;
}

export const emptyRtcpFindings = (): RtcpFindings => ({
  senderSsrc: 0,
  hasSenderReport: false,
  senderNtp: 0,
  hasBlock: false,
  fractionLost: 0,
  cumulativeLost: 0,
  extendedHighest: 0,
  jitter: 0,
  lastSenderReport: 0,
  delaySinceLastSenderReport: 0,
  hasBye: false,
});

const maxPackets = 16;
const blockBytes = 24;

/** Fills `findings`, taking the report block about `ourSsrc`; false when it is no valid compound packet. */
export function readRtcp(packet: Uint8Array, ourSsrc: number, findings: RtcpFindings): boolean {
  findings.hasSenderReport = false;
  findings.hasBlock = false;
  findings.hasBye = false;
  let at = 0;
  for (let index = 0; index < maxPackets && at < packet.length; index += 1) {
    // A description or a goodbye that names nobody is a header and nothing else (§6.5, §6.6).
    if (at + 4 > packet.length) return false;
    const first = packet[at]!;
    const type = packet[at + 1]!;
    const end = at + 4 * (((packet[at + 2]! << 8) | packet[at + 3]!) + 1);
    if (first >> 6 !== 2 || end > packet.length) return false;
    const padded = (first & 0x20) !== 0;
    if (padded && end !== packet.length) return false;
    if (index === 0) {
      if (padded || (type !== 200 && type !== 201) || end < at + 8) return false;
      findings.senderSsrc = readUint32(packet, at + 4);
    }
    if (type === 200 || type === 201) {
      if (!readReport(packet, at, { end, ourSsrc, findings })) return false;
    } else if (type === 203 && (first & 0x1f) > 0 && end >= at + 8) {
      findings.hasBye ||= readUint32(packet, at + 4) === findings.senderSsrc;
    }
    at = end;
  }
  return at === packet.length && packet.length > 0;
}

interface ReportBounds {
  readonly end: number;
  readonly ourSsrc: number;
  readonly findings: RtcpFindings;
}

function readReport(packet: Uint8Array, start: number, { end, ourSsrc, findings }: ReportBounds): boolean {
  const isSender = packet[start + 1] === 200;
  const blocks = packet[start]! & 0x1f;
  let at = start + 8 + (isSender ? 20 : 0);
  if (at + blocks * blockBytes > end) return false;
  if (isSender) {
    findings.hasSenderReport = true;
    findings.senderNtp =
      ((readUint32(packet, start + 8) << 16) | (readUint32(packet, start + 12) >>> 16)) >>> 0;
  }
  for (let block = 0; block < blocks; block += 1, at += blockBytes) {
    if (readUint32(packet, at) !== ourSsrc) continue;
    findings.hasBlock = true;
    findings.fractionLost = packet[at + 4]!;
    // 24 bits, signed: duplicates make it negative.
    findings.cumulativeLost = (readUint32(packet, at + 4) << 8) >> 8;
    findings.extendedHighest = readUint32(packet, at + 8);
    findings.jitter = readUint32(packet, at + 12);
    findings.lastSenderReport = readUint32(packet, at + 16);
    findings.delaySinceLastSenderReport = readUint32(packet, at + 20);
  }
  return true;
}

/** Round trip in milliseconds from a report block, or undefined when it does not say or cannot be true. */
export function roundTripMs(findings: Readonly<RtcpFindings>, nowCompactNtp: number): number | undefined {
  if (!findings.hasBlock || findings.lastSenderReport === 0) return undefined;
  const elapsed = nowCompactNtp - findings.lastSenderReport - findings.delaySinceLastSenderReport;
  const units = elapsed | 0;
  if (units < 0 || units > 10 * 65_536) return undefined;
  return (units * 1000) / 65_536;
}
