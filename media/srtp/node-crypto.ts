// SRTP's ciphers by node:crypto. It has no cipher that can be used again with another counter block, so that each packet
// makes its own: that costs as much as twenty packets of `openssl.ts`. Used where that cannot be loaded.
import { createCipheriv, createDecipheriv, createHmac } from "node:crypto";
import {
  type CounterMode,
  type GcmOpen,
  type GcmPlace,
  type GcmSeal,
  gcmTagBytes,
  type Hmac,
  hmacBytes,
  ivBytes,
  packetBytes,
  type SrtpCrypto,
} from "./crypto.ts";

const nonceBytes = 12;

export class NodeCrypto implements SrtpCrypto {
  readonly kind = "node";
  readonly packet = new Uint8Array(packetBytes);
  readonly iv = new Uint8Array(ivBytes);
  readonly tag = new Uint8Array(hmacBytes);
  readonly #nonce = this.iv.subarray(0, nonceBytes);

  counterMode(key: Uint8Array): CounterMode {
    const algorithm = key.length === 16 ? "aes-128-ctr" : "aes-256-ctr";
    return {
      apply: (start, end) => {
        const text = this.packet.subarray(start, end);
        text.set(createCipheriv(algorithm, key, this.iv).update(text));
      },
      free() {},
    };
  }

  hmacSha1(key: Uint8Array): Hmac {
    return {
      sign: (end) => {
        this.tag.set(createHmac("sha1", key).update(this.packet.subarray(0, end)).digest());
      },
      free() {},
    };
  }

  gcmSeal(key: Uint8Array): GcmSeal {
    return {
      seal: (place) => {
        const cipher = createCipheriv(gcmOf(key), key, this.#nonce).setAAD(this.#additionalData(place));
        const text = this.packet.subarray(place.start, place.end);
        text.set(cipher.update(text));
        cipher.final();
        this.packet.set(cipher.getAuthTag(), place.end);
      },
      free() {},
    };
  }

  gcmOpen(key: Uint8Array): GcmOpen {
    return {
      open: (place) => {
        const cipher = createDecipheriv(gcmOf(key), key, this.#nonce, { authTagLength: gcmTagBytes });
        cipher.setAAD(this.#additionalData(place));
        cipher.setAuthTag(this.packet.slice(place.end, place.end + gcmTagBytes));
        const text = this.packet.subarray(place.start, place.end);
        try {
          text.set(cipher.update(text));
          cipher.final();
          return true;
        } catch {
          return false;
        }
      },
      free() {},
    };
  }

  #additionalData({ start, further }: GcmPlace): Uint8Array {
    const front = this.packet.subarray(0, start);
    return further < 0 ? front : Buffer.concat([front, this.packet.subarray(further, further + 4)]);
  }
}

const gcmOf = (key: Uint8Array) => (key.length === 16 ? "aes-128-gcm" : "aes-256-gcm");
