// What we ask of a sender of video, written behind a report in one compound packet: packets again (generic NACK, RFC 4585
// §6.2.1), a key frame (PLI, RFC 4585 §6.3.1; FIR, RFC 5104 §4.3.1), no more than so many bits (REMB,
// draft-alvestrand-rmcat-remb-03 §2.2). Each writes at `at` and returns where it ends.
import { writeUint16, writeUint32 } from "./packet.ts";
import { sequenceDistance } from "./serial.ts";

/** The sender of the feedback and the stream that it is about. */
export interface FeedbackParties {
  readonly sender: number;
  readonly source: number;
}

const headBytes = 12;
/** Words of a NACK, each with up to 17 numbers. */
const maxNackWords = 32;
/** The longest message here. */
export const maxVideoFeedbackBytes = headBytes + 4 * maxNackWords;

/** `sequences` in ascending order; what does not fit is left out. */
export function writeNack(
  out: Uint8Array,
  at: number,
  { sender, source, sequences }: FeedbackParties & { readonly sequences: readonly number[] },
): number {
  let words = 0;
  let first = 0;
  let following = 0;
  for (const sequence of sequences) {
    const ahead = words === 0 ? 0 : sequenceDistance(sequence, first);
    if (words > 0 && ahead >= 1 && ahead <= 16) following |= 1 << (ahead - 1);
    else {
      if (words === maxNackWords) break;
      words += 1;
      first = sequence;
      following = 0;
    }
    writeUint16(out, at + headBytes + 4 * (words - 1), first);
    writeUint16(out, at + headBytes + 4 * (words - 1) + 2, following);
  }
  writeHead(out, at, { format: 1, type: 205, words: 3 + words });
  writeParties(out, at, sender, source);
  return at + headBytes + 4 * words;
}

export function writePli(out: Uint8Array, at: number, { sender, source }: FeedbackParties): number {
  writeHead(out, at, { format: 1, type: 206, words: 3 });
  writeParties(out, at, sender, source);
  return at + headBytes;
}

/** `number`: one more for each new request (RFC 5104 §4.3.1.1). */
export function writeFir(
  out: Uint8Array,
  at: number,
  { sender, source, number }: FeedbackParties & { readonly number: number },
): number {
  writeHead(out, at, { format: 4, type: 206, words: 5 });
  writeParties(out, at, sender, 0);
  writeUint32(out, at + headBytes, source);
  writeUint32(out, at + headBytes + 4, ((number & 0xff) << 24) >>> 0);
  return at + headBytes + 8;
}

/** `bitrate`: bits a second, of all of the sender's streams together. */
export function writeRemb(
  out: Uint8Array,
  at: number,
  { sender, source, bitrate }: FeedbackParties & { readonly bitrate: number },
): number {
  let exponent = 0;
  let mantissa = Math.max(0, Math.floor(bitrate));
  while (mantissa > 0x3_ffff) {
    mantissa = Math.floor(mantissa / 2);
    exponent += 1;
  }
  writeHead(out, at, { format: 15, type: 206, words: 6 });
  writeParties(out, at, sender, 0);
  writeUint32(out, at + headBytes, 0x52454d42);
  writeUint32(out, at + headBytes + 4, ((1 << 24) | (exponent << 18) | mantissa) >>> 0);
  writeUint32(out, at + headBytes + 8, source);
  return at + headBytes + 12;
}

function writeHead(
  out: Uint8Array,
  at: number,
  { format, type, words }: { readonly format: number; readonly type: number; readonly words: number },
): void {
  writeUint32(out, at, (((0x80 | format) << 24) | (type << 16) | (words - 1)) >>> 0);
}

function writeParties(out: Uint8Array, at: number, sender: number, source: number): void {
  writeUint32(out, at + 4, sender);
  writeUint32(out, at + 8, source);
}
