// AES in counter mode with HMAC-SHA1 (RFC 3711 §4.1.1, §4.2.1; RFC 6188):
//
//   SRTP    header | encrypted payload | MKI | tag            the tag is over header, payload and rollover counter
//   SRTCP   header | encrypted rest | E, index | MKI | tag    the tag is over everything in front of the MKI
import { writeUint32 } from "../rtp/index.ts";
import type { CounterMode, Hmac, SrtpCrypto } from "./crypto.ts";
import { type MasterKey, noMki } from "./master-key.ts";
import { sessionKeys } from "./session-keys.ts";
import { addWord, indexBytes, indexWord, isEncrypted, readIndexWord, rtcpHeaderBytes } from "./trailer.ts";
import type { RtcpPlace, RtpPlace, SrtpTransform } from "./transform.ts";

interface Keys {
  readonly cipher: CounterMode;
  readonly hmac: Hmac;
  readonly salt: Uint8Array;
}

/** Parts of the counter block: the SSRC and the 48 bits of index are added to the salt (RFC 3711 §4.1.1). */
const ssrcAt = 4;
const indexAt = 8;
const rolloverBytes = 4;

export class CounterModeTransform implements SrtpTransform {
  rtpOverhead: number;
  rtcpOverhead: number;
  readonly #crypto: SrtpCrypto;
  readonly #rtp: Keys;
  readonly #rtcp: Keys;
  #mki: Uint8Array;
  readonly #rtpTag: number;
  readonly #rtcpTag: number;
  /** The tag that came with the packet at hand. */
  readonly #received: Uint8Array;

  constructor(crypto: SrtpCrypto, master: MasterKey) {
    const { suite, mki } = master;
    const keys = (packets: "rtp" | "rtcp"): Keys => {
      const { encryption, authentication, salt } = sessionKeys(master, packets);
      return { cipher: crypto.counterMode(encryption), hmac: crypto.hmacSha1(authentication), salt };
    };
    this.#crypto = crypto;
    this.#rtp = keys("rtp");
    this.#rtcp = keys("rtcp");
    this.#mki = mki;
    this.#rtpTag = suite.rtpTagBytes;
    this.#rtcpTag = suite.rtcpTagBytes;
    this.#received = new Uint8Array(suite.rtcpTagBytes);
    this.rtpOverhead = mki.length + suite.rtpTagBytes;
    this.rtcpOverhead = indexBytes + mki.length + suite.rtcpTagBytes;
  }

  protectRtp({ start, end, ssrc, rollover, sequence }: RtpPlace): number {
    const { packet } = this.#crypto;
    this.#writeRtpCounter(ssrc, rollover, sequence);
    this.#rtp.cipher.apply(start, end);
    writeUint32(packet, end, rollover);
    this.#rtp.hmac.sign(end + rolloverBytes);
    return this.#finish(end, this.#rtpTag);
  }

  protectRtcp({ end, ssrc, index }: RtcpPlace): number {
    this.#writeRtcpCounter(ssrc, index);
    this.#rtcp.cipher.apply(rtcpHeaderBytes, end);
    writeUint32(this.#crypto.packet, end, indexWord(index));
    this.#rtcp.hmac.sign(end + indexBytes);
    return this.#finish(end + indexBytes, this.#rtcpTag);
  }

  omitMki(): void {
    this.rtpOverhead -= this.#mki.length;
    this.rtcpOverhead -= this.#mki.length;
    this.#mki = noMki;
  }

  openRtp({ start, end, ssrc, rollover, sequence }: RtpPlace, mkiBytes = this.#mki.length): number {
    const bodyEnd = end - mkiBytes - this.#rtpTag;
    if (bodyEnd < start) return -1;
    this.#takeTag(bodyEnd + mkiBytes, this.#rtpTag);
    writeUint32(this.#crypto.packet, bodyEnd, rollover);
    this.#rtp.hmac.sign(bodyEnd + rolloverBytes);
    if (!this.#isAuthentic(this.#rtpTag)) return -1;
    this.#writeRtpCounter(ssrc, rollover, sequence);
    this.#rtp.cipher.apply(start, bodyEnd);
    return bodyEnd;
  }

  openRtcp({ end, ssrc, index }: RtcpPlace, mkiBytes = this.#mki.length): number {
    const bodyEnd = end - indexBytes - mkiBytes - this.#rtcpTag;
    if (bodyEnd < rtcpHeaderBytes) return -1;
    this.#takeTag(end - this.#rtcpTag, this.#rtcpTag);
    const word = readIndexWord(this.#crypto.packet, end, mkiBytes + this.#rtcpTag);
    this.#rtcp.hmac.sign(bodyEnd + indexBytes);
    if (!this.#isAuthentic(this.#rtcpTag)) return -1;
    if (isEncrypted(word)) {
      this.#writeRtcpCounter(ssrc, index);
      this.#rtcp.cipher.apply(rtcpHeaderBytes, bodyEnd);
    }
    return bodyEnd;
  }

  free(): void {
    for (const { cipher, hmac } of [this.#rtp, this.#rtcp]) {
      cipher.free();
      hmac.free();
    }
  }

  /** MKI and tag, behind what was signed. */
  #finish(end: number, tagBytes: number): number {
    const { packet, tag } = this.#crypto;
    packet.set(this.#mki, end);
    const tagAt = end + this.#mki.length;
    for (let index = 0; index < tagBytes; index += 1) packet[tagAt + index] = tag[index]!;
    return tagAt + tagBytes;
  }

  /** Keeps the tag that stands at `tagAt`: what is signed next is written over it. */
  #takeTag(tagAt: number, tagBytes: number): void {
    const { packet } = this.#crypto;
    for (let index = 0; index < tagBytes; index += 1) this.#received[index] = packet[tagAt + index]!;
  }

  /** Takes the same time wherever they differ. */
  #isAuthentic(tagBytes: number): boolean {
    const { tag } = this.#crypto;
    let difference = 0;
    for (let index = 0; index < tagBytes; index += 1) difference |= this.#received[index]! ^ tag[index]!;
    return difference === 0;
  }

  #writeRtpCounter(ssrc: number, rollover: number, sequence: number): void {
    const iv = this.#writeCounter(this.#rtp.salt, ssrc);
    addWord(iv, indexAt, rollover);
    iv[indexAt + 4]! ^= sequence >>> 8;
    iv[indexAt + 5]! ^= sequence;
  }

  #writeRtcpCounter(ssrc: number, index: number): void {
    addWord(this.#writeCounter(this.#rtcp.salt, ssrc), indexAt + 2, index);
  }

  #writeCounter(salt: Uint8Array, ssrc: number): Uint8Array {
    const { iv } = this.#crypto;
    iv.set(salt);
    iv[14] = 0;
    iv[15] = 0;
    addWord(iv, ssrcAt, ssrc);
    return iv;
  }
}
