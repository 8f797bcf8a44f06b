// The phone's SRTP (RFC 3711): AES_CM_128_HMAC_SHA1_80 and nothing else, each packet by itself as the RFC writes it, and the
// lines of SDP that carry its keys (RFC 4568).
import { createCipheriv, createHmac, randomBytes } from "node:crypto";

export const srtpSuite = "AES_CM_128_HMAC_SHA1_80";
const keyBytes = 16;
const tagBytes = 10;

/** A master key of 16 bytes and its salt of 14. */
export type SrtpKey = Buffer;

export const newSrtpKey = (): SrtpKey => randomBytes(30);

export interface CryptoLine {
  readonly tag: number;
  readonly key: SrtpKey;
}

export const writeCryptoLine = ({ tag, key }: CryptoLine): string =>
  `a=crypto:${tag} ${srtpSuite} inline:${key.toString("base64")}`;

export function readCryptoLine(line: string): CryptoLine | undefined {
  const match = /^a=crypto:(\d+) AES_CM_128_HMAC_SHA1_80 inline:([A-Za-z\d+/=]+)/.exec(line);
  return match?.[2] === undefined
    ? undefined
    : { tag: Number(match[1]), key: Buffer.from(match[2], "base64") };
}

/** One direction of one stream. */
export class SrtpStream {
  readonly #cipherKey: Buffer;
  readonly #authenticationKey: Buffer;
  readonly #salt: Buffer;
  #rollover = 0;
  #highest: number | undefined;

  constructor(key: SrtpKey) {
    this.#cipherKey = derive(key, 0, 16);
    this.#authenticationKey = derive(key, 1, 20);
    this.#salt = derive(key, 2, 14);
  }

  protect(packet: Buffer): Buffer {
    const rollover = this.#guess(packet.readUInt16BE(2));
    const encrypted = this.#crypt(packet, rollover);
    return Buffer.concat([encrypted, this.#tag(encrypted, rollover)]);
  }

  /** Undefined when it is not authentic. */
  open(packet: Buffer): Buffer | undefined {
    const before = [this.#rollover, this.#highest] as const;
    const body = packet.subarray(0, -tagBytes);
    const rollover = this.#guess(packet.readUInt16BE(2));
    if (this.#tag(body, rollover).equals(packet.subarray(-tagBytes))) return this.#crypt(body, rollover);
    [this.#rollover, this.#highest] = before;
    return undefined;
  }

  #guess(sequence: number): number {
    const highest = this.#highest ?? sequence;
    if (highest - sequence > 0x8000) {
      this.#rollover += 1;
      this.#highest = sequence;
      return this.#rollover;
    }
    if (sequence - highest > 0x8000) return this.#rollover - 1;
    this.#highest = Math.max(highest, sequence);
    return this.#rollover;
  }

  #crypt(packet: Buffer, rollover: number): Buffer {
    const counter = Buffer.alloc(16);
    this.#salt.copy(counter);
    const index = Buffer.alloc(16);
    packet.copy(index, 4, 8, 12);
    index.writeUInt32BE(rollover, 8);
    packet.copy(index, 12, 2, 4);
    for (let at = 0; at < counter.length; at += 1) counter[at]! ^= index[at]!;
    const header = 12 + 4 * (packet[0]! & 0x0f);
    const cipher = createCipheriv("aes-128-ctr", this.#cipherKey, counter);
    return Buffer.concat([packet.subarray(0, header), cipher.update(packet.subarray(header))]);
  }

  #tag(packet: Buffer, rollover: number): Buffer {
    const counter = Buffer.alloc(4);
    counter.writeUInt32BE(rollover);
    const hmac = createHmac("sha1", this.#authenticationKey).update(packet).update(counter);
    return hmac.digest().subarray(0, tagBytes);
  }
}

/** SRTCP of one direction (RFC 3711 §3.4), encrypted, with an index that counts up. */
export class SrtcpStream {
  readonly #cipherKey: Buffer;
  readonly #authenticationKey: Buffer;
  readonly #salt: Buffer;
  #index = 0;

  constructor(key: SrtpKey) {
    this.#cipherKey = derive(key, 3, 16);
    this.#authenticationKey = derive(key, 4, 20);
    this.#salt = derive(key, 5, 14);
  }

  protect(packet: Buffer): Buffer {
    this.#index += 1;
    const trailer = Buffer.alloc(4);
    trailer.writeUInt32BE((0x8000_0000 | this.#index) >>> 0);
    const body = Buffer.concat([this.#crypt(packet, this.#index), trailer]);
    return Buffer.concat([body, this.#tag(body)]);
  }

  /** Undefined when it is not authentic. */
  open(packet: Buffer): Buffer | undefined {
    if (packet.length < 8 + 4 + tagBytes) return undefined;
    const body = packet.subarray(0, -tagBytes);
    if (!this.#tag(body).equals(packet.subarray(-tagBytes))) return undefined;
    const trailer = body.readUInt32BE(body.length - 4);
    const plain = body.subarray(0, -4);
    return trailer >= 0x8000_0000 ? this.#crypt(plain, trailer & 0x7fff_ffff) : plain;
  }

  #crypt(packet: Buffer, packetIndex: number): Buffer {
    const counter = Buffer.alloc(16);
    this.#salt.copy(counter);
    const index = Buffer.alloc(16);
    packet.copy(index, 4, 4, 8);
    index.writeUInt32BE(packetIndex, 10);
    for (let at = 0; at < counter.length; at += 1) counter[at]! ^= index[at]!;
    const cipher = createCipheriv("aes-128-ctr", this.#cipherKey, counter);
    return Buffer.concat([packet.subarray(0, 8), cipher.update(packet.subarray(8))]);
  }

  #tag(body: Buffer): Buffer {
    return createHmac("sha1", this.#authenticationKey).update(body).digest().subarray(0, tagBytes);
  }
}

/** RFC 3711 §4.3.1. */
function derive(master: SrtpKey, label: number, bytes: number): Buffer {
  const counter = Buffer.alloc(16);
  master.copy(counter, 0, keyBytes);
  counter[7]! ^= label;
  return createCipheriv("aes-128-ctr", master.subarray(0, keyBytes), counter).update(Buffer.alloc(bytes));
}
