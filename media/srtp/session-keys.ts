// Session keys from a master key (RFC 3711 §4.3; RFC 6188 §3 for keys of 256 bits; RFC 7714 §11), derived once: the key
// derivation rate is 0, the only one that SDP descriptions are accepted with.
import { createCipheriv } from "node:crypto";
import { hmacBytes } from "./crypto.ts";
import type { MasterKey } from "./master-key.ts";

export interface SessionKeys {
  readonly encryption: Uint8Array;
  /** Empty for GCM, which authenticates by itself. */
  readonly authentication: Uint8Array;
  readonly salt: Uint8Array;
}

/** RFC 3711 §4.3.1. */
const labels = { rtp: 0, rtcp: 3 } as const;
const blockBytes = 16;
/** Where the label is added to the salt, as if both were numbers of 112 bits. */
const labelAt = 7;

export function sessionKeys({ suite, key, salt }: MasterKey, packets: "rtp" | "rtcp"): SessionKeys {
  const first = labels[packets];
  const derive = (label: number, bytes: number): Uint8Array => {
    const blocks = new Uint8Array(Math.ceil(bytes / blockBytes) * blockBytes);
    for (let at = 0; at < blocks.length; at += blockBytes) {
      // A salt of 96 bits stands in front, as if multiplied by 2^16 (RFC 7714, erratum 4938).
      blocks.set(salt, at);
      blocks[at + labelAt]! ^= label;
      blocks[at + blockBytes - 1] = at / blockBytes;
    }
    const cipher = createCipheriv(key.length === 16 ? "aes-128-ecb" : "aes-256-ecb", key, null);
    return cipher.setAutoPadding(false).update(blocks).subarray(0, bytes);
  };
  return {
    encryption: derive(first, suite.keyBytes),
    authentication: suite.cipher === "gcm" ? new Uint8Array() : derive(first + 1, hmacBytes),
    salt: derive(first + 2, suite.saltBytes),
  };
}
