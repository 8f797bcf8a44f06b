// The far end's RTCP, read strictly within its bounds (RFC 3550 §6.4, appendix A.2). Of a compound packet we want four things: who
// has sent it, the sender's clock, what it received of our stream, and whether it says goodbye. Packets alone (RFC 5506) and
// compounds that do not begin with a report are read as well; what stands behind a malformed packet is passed over. A report that counts
// more blocks than it has is believed by its length.
import { readUint32 } from "./packet.ts";

/** Reused for every packet; `false` marks what the compound packet did not say. */
export interface RtcpFindings {
  senderSsrc: number;
  /** There is a report of the sender or of a receiver. */
  hasReport: boolean;
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
  hasReport: false,
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
const senderReport = 200;
const receiverReport = 201;
const goodbye = 203;
/** From the sender's report to the extended one; and the requests of RFC 2032, which RFC 5104 has replaced. */
const isKnown = (type: number): boolean =>
  (type >= senderReport && type <= 207) || type === 192 || type === 193;

/** Fills `findings`, taking the report block about `ourSsrc`; false when there is no valid packet in it. */
export function readRtcp(packet: Uint8Array, ourSsrc: number, findings: RtcpFindings): boolean {
  findings.hasReport = false;
  findings.hasSenderReport = false;
  findings.hasBlock = false;
  findings.hasBye = false;
  let valid = false;
  let at = 0;
  // A description or a goodbye without any source is only a header (§6.5, §6.6).
  for (let index = 0; index < maxPackets && at + 4 <= packet.length; index += 1) {
    const first = packet[at]!;
    const type = packet[at + 1]!;
    const end = at + 4 * (((packet[at + 2]! << 8) | packet[at + 3]!) + 1);
    if (first >> 6 !== 2 || end > packet.length) break;
    const padded = (first & 0x20) !== 0;
    if (padded && (index === 0 || end !== packet.length)) break;
    const isReport = type === senderReport || type === receiverReport;
    // Each kind begins with the SSRC of its sender; where several are named, the first report's counts.
    const names = isReport ? !findings.hasReport : isKnown(type) && !valid;
    if (isReport && (end < at + 8 || !readReport(packet, at, { end, ourSsrc, findings }))) break;
    if (names && end >= at + 8) {
      findings.senderSsrc = readUint32(packet, at + 4);
      valid = true;
    }
    if (type === goodbye && (first & 0x1f) > 0 && end >= at + 8) {
      findings.hasBye ||= readUint32(packet, at + 4) === findings.senderSsrc;
    }
    at = end;
  }
  return valid;
}

interface ReportBounds {
  readonly end: number;
  readonly ourSsrc: number;
  readonly findings: RtcpFindings;
}

function readReport(packet: Uint8Array, start: number, { end, ourSsrc, findings }: ReportBounds): boolean {
  const isSender = packet[start + 1] === 200;
  let at = start + 8 + (isSender ? 20 : 0);
  if (at > end) return false;
  const blocks = Math.min(packet[start]! & 0x1f, Math.floor((end - at) / blockBytes));
  findings.hasReport = true;
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

/**
 * Round trip in milliseconds from a report block; undefined when it is absent or impossible. A block with a delay of 0 is ignored:
 * its sender does not fill the delay in.
 */
export function roundTripMs(findings: Readonly<RtcpFindings>, nowCompactNtp: number): number | undefined {
  if (!findings.hasBlock || findings.lastSenderReport === 0) return undefined;
  if (findings.delaySinceLastSenderReport === 0) return undefined;
  const elapsed = nowCompactNtp - findings.lastSenderReport - findings.delaySinceLastSenderReport;
  const units = elapsed | 0;
  if (units < 0 || units > 10 * 65_536) return undefined;
  return (units * 1000) / 65_536;
}
