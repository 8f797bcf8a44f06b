// AES-GCM (RFC 7714 §8, §9):
//
//   SRTP    header | encrypted payload | tag | MKI          the header is authenticated
//   SRTCP   header | encrypted rest | tag | E, index | MKI  header and the word with E and index are authenticated
import { writeUint32 } from "../rtp/index.ts";
import { type GcmOpen, type GcmPlace, type GcmSeal, gcmTagBytes, type SrtpCrypto } from "./crypto.ts";
import { type MasterKey, noMki } from "./master-key.ts";
import { type SessionKeys, sessionKeys } from "./session-keys.ts";
import { addWord, indexBytes, indexWord, isEncrypted, readIndexWord, rtcpHeaderBytes } from "./trailer.ts";
import type { RtcpPlace, RtpPlace, SrtpTransform } from "./transform.ts";

interface Keys {
  readonly seal: GcmSeal;
  readonly open: GcmOpen;
  readonly salt: Uint8Array;
}

/** Parts of the nonce, which are added to the salt (RFC 7714 §8.1, §9.1). */
const ssrcAt = 2;
const rolloverAt = 6;
const sequenceAt = 10;
const rtcpIndexAt = 8;

export class GcmTransform implements SrtpTransform {
  rtpOverhead: number;
  rtcpOverhead: number;
  readonly #crypto: SrtpCrypto;
  readonly #rtp: Keys;
  readonly #rtcp: Keys;
  #mki: Uint8Array;
  readonly #place: { -readonly [Part in keyof GcmPlace]: number } = { start: 0, end: 0, further: -1 };

  /** `derive`: the session keys; test vectors give them. */
  constructor(crypto: SrtpCrypto, master: MasterKey, derive = sessionKeys) {
    const keys = ({ encryption, salt }: SessionKeys): Keys => ({
      seal: crypto.gcmSeal(encryption),
      open: crypto.gcmOpen(encryption),
      salt,
    });
    this.#crypto = crypto;
    this.#rtp = keys(derive(master, "rtp"));
    this.#rtcp = keys(derive(master, "rtcp"));
    this.#mki = master.mki;
    this.rtpOverhead = gcmTagBytes + this.#mki.length;
    this.rtcpOverhead = gcmTagBytes + indexBytes + this.#mki.length;
  }

  protectRtp({ start, end, ssrc, rollover, sequence }: RtpPlace): number {
    this.#writeRtpNonce(ssrc, rollover, sequence);
    this.#rtp.seal.seal(this.#at(start, end, -1));
    return this.#finish(end + gcmTagBytes);
  }

  protectRtcp({ end, ssrc, index }: RtcpPlace): number {
    const wordAt = end + gcmTagBytes;
    writeUint32(this.#crypto.packet, wordAt, indexWord(index));
    this.#writeRtcpNonce(ssrc, index);
    this.#rtcp.seal.seal(this.#at(rtcpHeaderBytes, end, wordAt));
    return this.#finish(wordAt + indexBytes);
  }

  omitMki(): void {
    this.rtpOverhead -= this.#mki.length;
    this.rtcpOverhead -= this.#mki.length;
    this.#mki = noMki;
  }

  openRtp({ start, end, ssrc, rollover, sequence }: RtpPlace, mkiBytes = this.#mki.length): number {
    const bodyEnd = end - mkiBytes - gcmTagBytes;
    if (bodyEnd < start) return -1;
    this.#writeRtpNonce(ssrc, rollover, sequence);
    return this.#rtp.open.open(this.#at(start, bodyEnd, -1)) ? bodyEnd : -1;
  }

  openRtcp({ end, ssrc, index }: RtcpPlace, mkiBytes = this.#mki.length): number {
    const { packet } = this.#crypto;
    const bodyEnd = end - mkiBytes - indexBytes - gcmTagBytes;
    const wordAt = bodyEnd + gcmTagBytes;
    if (bodyEnd < rtcpHeaderBytes) return -1;
    const encrypted = isEncrypted(readIndexWord(packet, end, mkiBytes));
    this.#writeRtcpNonce(ssrc, index);
    const place = this.#at(encrypted ? rtcpHeaderBytes : bodyEnd, bodyEnd, wordAt);
    return this.#rtcp.open.open(place) ? bodyEnd : -1;
  }

  free(): void {
    for (const { seal, open } of [this.#rtp, this.#rtcp]) {
      seal.free();
      open.free();
    }
  }

  #at(start: number, end: number, further: number): GcmPlace {
    const place = this.#place;
    place.start = start;
    place.end = end;
    place.further = further;
    return place;
  }

  #finish(end: number): number {
    this.#crypto.packet.set(this.#mki, end);
    return end + this.#mki.length;
  }

  #writeRtpNonce(ssrc: number, rollover: number, sequence: number): void {
    const iv = this.#writeNonce(this.#rtp.salt, ssrc);
    addWord(iv, rolloverAt, rollover);
    iv[sequenceAt]! ^= sequence >>> 8;
    iv[sequenceAt + 1]! ^= sequence;
  }

  #writeRtcpNonce(ssrc: number, index: number): void {
    addWord(this.#writeNonce(this.#rtcp.salt, ssrc), rtcpIndexAt, index);
  }

  #writeNonce(salt: Uint8Array, ssrc: number): Uint8Array {
    const { iv } = this.#crypto;
    iv.set(salt);
    addWord(iv, ssrcAt, ssrc);
    return iv;
  }
}
