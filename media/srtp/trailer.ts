// What both transforms share: what stands behind a protected packet's payload (the master key identifier, and SRTCP's index
// with its E flag: RFC 3711 §3.1, §3.4), and the sum of salt and index.
import { readUint32 } from "../rtp/index.ts";

/** SRTCP: the E flag and 31 bits of index. */
export const indexBytes = 4;
const encryptedFlag = 0x8000_0000;
/** The header of RTCP that is not encrypted. */
export const rtcpHeaderBytes = 8;

export const indexWord = (index: number): number => (encryptedFlag | index) >>> 0;
export const isEncrypted = (word: number): boolean => word >= encryptedFlag;
export const indexIn = (word: number): number => word & 0x7fff_ffff;

/** The SRTCP index of a packet that is `end` bytes long, with `behind` bytes behind it. */
export const readIndexWord = (packet: Uint8Array, end: number, behind: number): number =>
  readUint32(packet, end - behind - indexBytes);

/** Adds a word, modulo 2, to four bytes of a counter block or nonce. */
export function addWord(bytes: Uint8Array, at: number, word: number): void {
  bytes[at]! ^= word >>> 24;
  bytes[at + 1]! ^= word >>> 16;
  bytes[at + 2]! ^= word >>> 8;
  bytes[at + 3]! ^= word;
}
