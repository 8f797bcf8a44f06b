// The crypto suites that a stream may be protected by: RFC 3711 with RFC 4568 §6.2, RFC 6188 §4, RFC 7714 §14.
// AEAD_AES_128_GCM and AEAD_AES_256_GCM have no key for authentication: the cipher's own tag does that.

export const srtpSuiteNames = [
  "AEAD_AES_256_GCM",
  "AEAD_AES_128_GCM",
  "AES_256_CM_HMAC_SHA1_80",
  "AES_CM_128_HMAC_SHA1_80",
  "AES_256_CM_HMAC_SHA1_32",
  "AES_CM_128_HMAC_SHA1_32",
] as const;
export type SrtpSuiteName = (typeof srtpSuiteNames)[number];

export interface SrtpSuite {
  readonly name: SrtpSuiteName;
  readonly cipher: "counter-mode" | "gcm";
  /** Bytes of the master key and of the master salt. */
  readonly keyBytes: 16 | 32;
  readonly saltBytes: 12 | 14;
  /** Bytes of the authentication tag; SRTCP never has less than 80 bits (RFC 3711 §5.2, RFC 4568 §6.2.2). */
  readonly rtpTagBytes: number;
  readonly rtcpTagBytes: number;
}

const counterMode = (name: SrtpSuiteName, keyBytes: 16 | 32, rtpTagBytes: number): SrtpSuite => ({
  ...{ name, cipher: "counter-mode", keyBytes, saltBytes: 14, rtpTagBytes, rtcpTagBytes: 10 },
});
const gcm = (name: SrtpSuiteName, keyBytes: 16 | 32): SrtpSuite => ({
  ...{ name, cipher: "gcm", keyBytes, saltBytes: 12, rtpTagBytes: 16, rtcpTagBytes: 16 },
});

export const srtpSuites: Readonly<Record<SrtpSuiteName, SrtpSuite>> = {
  AEAD_AES_256_GCM: gcm("AEAD_AES_256_GCM", 32),
  AEAD_AES_128_GCM: gcm("AEAD_AES_128_GCM", 16),
  AES_256_CM_HMAC_SHA1_80: counterMode("AES_256_CM_HMAC_SHA1_80", 32, 10),
  AES_CM_128_HMAC_SHA1_80: counterMode("AES_CM_128_HMAC_SHA1_80", 16, 10),
  AES_256_CM_HMAC_SHA1_32: counterMode("AES_256_CM_HMAC_SHA1_32", 32, 4),
  AES_CM_128_HMAC_SHA1_32: counterMode("AES_CM_128_HMAC_SHA1_32", 16, 4),
};

export const srtpSuite = (name: string): SrtpSuite | undefined =>
  Object.hasOwn(srtpSuites, name) ? srtpSuites[name as SrtpSuiteName] : undefined;
