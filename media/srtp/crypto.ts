// What SRTP needs of a cryptographic library, for one packet at a time: the packet lies in `packet` and is worked on
// in place, so that nothing is allocated for it. Two stand behind it: `openssl.ts` and `node-crypto.ts`.
import { maxDatagramBytes } from "../rtp/index.ts";

/** A datagram, and behind it what protection adds: tag, index, master key identifier. */
export const packetBytes = maxDatagramBytes + 256;
export const ivBytes = 16;
export const hmacBytes = 20;
export const gcmTagBytes = 16;

export interface SrtpCrypto {
  readonly kind: "openssl" | "node";
  readonly packet: Uint8Array;
  /** The counter block, or the first twelve bytes the nonce, of the next operation. */
  readonly iv: Uint8Array;
  /** The result of the last `sign`. */
  readonly tag: Uint8Array;
  /** AES in counter mode; the key has 16 or 32 bytes. */
  counterMode(key: Uint8Array): CounterMode;
  hmacSha1(key: Uint8Array): Hmac;
  gcmSeal(key: Uint8Array): GcmSeal;
  gcmOpen(key: Uint8Array): GcmOpen;
}

/** Nothing may be called after `free`. */
export interface NativeResource {
  free(): void;
}

export interface CounterMode extends NativeResource {
  /** Encrypts or decrypts the packet from `start` to `end`. */
  apply(start: number, end: number): void;
}

export interface Hmac extends NativeResource {
  /** HMAC-SHA1 of the packet's first bytes, into `tag`. */
  sign(end: number): void;
}

/** The offsets of a packet's parts for GCM. */
export interface GcmPlace {
  /** Bytes in front that are authenticated alone; what follows them up to `end` is encrypted. */
  readonly start: number;
  readonly end: number;
  /** Four further bytes that are authenticated, behind the tag; −1: none. */
  readonly further: number;
}

export interface GcmSeal extends NativeResource {
  /** Encrypts, and writes the tag of 16 bytes at `end`. */
  seal(place: GcmPlace): void;
}

export interface GcmOpen extends NativeResource {
  /** Decrypts; the tag stands at `end`. False when it is wrong, and the packet is then undefined in content. */
  open(place: GcmPlace): boolean;
}
