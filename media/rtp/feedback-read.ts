// What a receiver of our video asks of its sender, read strictly within its bounds: packets again (generic NACK, RFC 4585
// §6.2.1), a key frame (PLI, RFC 4585 §6.3.1; FIR, RFC 5104 §4.3.1; the FIR of RFC 2032 §5.2.1, which names its sender alone),
// no more than so many bits (REMB, draft-alvestrand-rmcat-remb-03 §2.2). Compound packets and lone messages (RFC 5506) alike; what names another stream is
// passed over.
import { readUint16, readUint32 } from "./packet.ts";
import { addToSequence } from "./serial.ts";

/** Reused for every packet. */
export interface FeedbackFindings {
  /** The packet says something about the stream. */
  found: boolean;
  /** A key frame is asked for, and by which message. */
  pli: boolean;
  fir: boolean;
  /** Of a FIR: the same number is the same request, repeated. */
  firNumber: number;
  /** Sequence numbers that are missing, the first `missingCount` of them. */
  readonly missing: Uint16Array;
  missingCount: number;
  /** Bits a second; undefined: nothing is said. */
  remb: number | undefined;
}

/** The most packets that one NACK packet may request again; further ones are ignored. */
const maxMissing = 256;
const maxPackets = 16;
/** Packet type of the request that RFC 5104 replaced: phones send it where no form of feedback was agreed. */
const oldFir = 192;

export const emptyFeedbackFindings = (): FeedbackFindings => ({
  found: false,
  pli: false,
  fir: false,
  firNumber: 0,
  missing: new Uint16Array(maxMissing),
  missingCount: 0,
  remb: undefined,
});

/** Fills `findings` with what is said of the stream `ssrc`, up to what is malformed; false when something is. */
export function readFeedback(packet: Uint8Array, ssrc: number, findings: FeedbackFindings): boolean {
  findings.found = findings.pli = findings.fir = false;
  findings.missingCount = 0;
  findings.remb = undefined;
  let at = 0;
  for (let index = 0; index < maxPackets && at < packet.length; index += 1) {
    if (at + 4 > packet.length || packet[at]! >> 6 !== 2) return false;
    const end = at + 4 * (readUint16(packet, at + 2) + 1);
    if (end > packet.length) return false;
    const type = packet[at + 1]!;
    const format = packet[at]! & 0x1f;
    if (type === oldFir && end - at >= 8) findings.found = findings.pli = true;
    if (end - at >= 12) {
      const ours = readUint32(packet, at + 8) === ssrc;
      if (type === 205 && format === 1 && ours) readNack(packet, at + 12, { end, findings });
      else if (type === 206 && format === 1 && ours) findings.found = findings.pli = true;
      else if (type === 206 && format === 4) readFir(packet, at + 12, { end, ssrc, findings });
      else if (type === 206 && format === 15) readRemb(packet, at + 12, { end, ssrc, findings });
    }
    at = end;
  }
  return at === packet.length && packet.length > 0;
}

interface Bounds {
  readonly end: number;
  readonly findings: FeedbackFindings;
}

interface NamedBounds extends Bounds {
  readonly ssrc: number;
}

function readNack(packet: Uint8Array, start: number, { end, findings }: Bounds): void {
  findings.found = true;
  for (let at = start; at + 4 <= end; at += 4) {
    const first = readUint16(packet, at);
    const following = readUint16(packet, at + 2);
    miss(findings, first);
    for (let bit = 0; bit < 16; bit += 1) {
      if ((following & (1 << bit)) !== 0) miss(findings, addToSequence(first, bit + 1));
    }
  }
}

function miss(findings: FeedbackFindings, sequence: number): void {
  if (findings.missingCount >= maxMissing) return;
  findings.missing[findings.missingCount] = sequence;
  findings.missingCount += 1;
}

function readFir(packet: Uint8Array, start: number, { end, ssrc, findings }: NamedBounds): void {
  for (let at = start; at + 8 <= end; at += 8) {
    if (readUint32(packet, at) !== ssrc) continue;
    findings.found = findings.fir = true;
    findings.firNumber = packet[at + 4]!;
  }
}

function readRemb(packet: Uint8Array, start: number, { end, ssrc, findings }: NamedBounds): void {
  if (start + 8 > end || readUint32(packet, start) !== 0x52454d42) return;
  const streams = packet[start + 4]!;
  if (start + 8 + 4 * streams > end) return;
  for (let index = 0; index < streams; index += 1) {
    if (readUint32(packet, start + 8 + 4 * index) !== ssrc) continue;
    const word = readUint32(packet, start + 4);
    findings.found = true;
    findings.remb = (word & 0x3_ffff) * 2 ** ((word >>> 18) & 0x3f);
  }
}
