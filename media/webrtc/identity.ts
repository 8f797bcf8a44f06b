// The DTLS identity of a media worker: a self-signed certificate, made when the first call needs it and dropped with the
// process (RFC 5763 §5, RFC 8827 §6.5). Our descriptions carry its fingerprint.
import { createHash, generateKeyPairSync, randomInt } from "node:crypto";
import { type DtlsLibrary, refusedByLibrary } from "./dtls-library.ts";

export interface DtlsIdentity {
  readonly library: DtlsLibrary;
  /** The library's context. */
  readonly context: number;
  /** The SHA-256 fingerprint of our certificate, as in SDP. */
  readonly fingerprint: string;
}

const daySeconds = 86_400;
const validDays = 365;
const maxCertificateLength = 16_384;
/** MBSTRING_ASC. */
const ascii = 0x1001;
/** Every suite with forward secrecy that browsers have in DTLS 1.2 (RFC 8827 §6.5). */
const suites =
  "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:" +
  "ECDHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-AES256-GCM-SHA384:ECDHE-RSA-CHACHA20-POLY1305";
const srtpProfiles =
  "SRTP_AEAD_AES_256_GCM:SRTP_AEAD_AES_128_GCM:SRTP_AES128_CM_SHA1_80:SRTP_AES128_CM_SHA1_32";
/** SSL_OP_NO_QUERY_MTU, SSL_OP_NO_RENEGOTIATION, SSL_OP_NO_TICKET. */
const options = (1 << 12) | (1 << 30) | (1 << 14);

/** `now`: milliseconds since the Unix epoch. */
export function createDtlsIdentity(library: DtlsLibrary, now: number): DtlsIdentity {
  const { calls } = library;
  const context = calls.SSL_CTX_new(calls.DTLS_method());
  const key = createKey(library);
  const certificate = createCertificate(library, key, now);
  const done =
    context !== 0 &&
    calls.SSL_CTX_use_certificate(context, certificate) === 1 &&
    calls.SSL_CTX_use_PrivateKey(context, key) === 1 &&
    calls.SSL_CTX_set_cipher_list(context, suites) === 1 &&
    calls.SSL_CTX_set_tlsext_use_srtp(context, srtpProfiles) === 0;
  const fingerprint = fingerprintOf(encodeCertificate(library, certificate), "sha-256");
  // The context holds what it needs of both.
  calls.X509_free(certificate);
  calls.EVP_PKEY_free(key);
  if (!done || fingerprint === undefined) {
    calls.SSL_CTX_free(context);
    throw refusedByLibrary("the certificate or the suites of DTLS");
  }
  calls.SSL_CTX_set_options(context, options);
  library.acceptAnyCertificate(context);
  return { library, context, fingerprint };
}

const hashes: Readonly<Record<string, string>> = {
  "sha-256": "sha256",
  "sha-384": "sha384",
  "sha-512": "sha512",
};

/** `AB:CD:…`; undefined for a hash that proves too little or is not known (RFC 8122 §5). */
export function fingerprintOf(certificate: Uint8Array, hash: string): string | undefined {
  const name = hashes[hash.toLowerCase()];
  if (name === undefined) return undefined;
  const digest = createHash(name).update(certificate).digest("hex").toUpperCase();
  return digest.match(/../g)!.join(":");
}

/** ECDSA P-256; the caller frees it. */
function createKey({ calls, memory: allocate }: DtlsLibrary): number {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const encoded = privateKey.export({ type: "sec1", format: "der" });
  // A pointer to the bytes, and behind it the bytes.
  const memory = allocate(8 + encoded.length);
  memory.point(0, 8);
  memory.bytes.set(encoded, 8);
  const key = calls.d2i_AutoPrivateKey(0, memory.at(0), encoded.length);
  memory.bytes.fill(0);
  encoded.fill(0);
  if (key === 0) throw refusedByLibrary("a key of P-256");
  return key;
}

/** Signed by itself; the caller frees it. */
function createCertificate({ calls }: DtlsLibrary, key: number, now: number): number {
  const certificate = calls.X509_new();
  const name = calls.X509_get_subject_name(certificate);
  const seconds = Math.floor(now / 1000);
  const done =
    calls.X509_set_version(certificate, 2) === 1 &&
    calls.ASN1_INTEGER_set(calls.X509_get_serialNumber(certificate), randomInt(1, 2 ** 31)) === 1 &&
    calls.ASN1_TIME_set(calls.X509_getm_notBefore(certificate), seconds - daySeconds) !== 0 &&
    calls.ASN1_TIME_set(calls.X509_getm_notAfter(certificate), seconds + validDays * daySeconds) !== 0 &&
    calls.X509_NAME_add_entry_by_txt(...([name, "CN", ascii, "Parley", -1, -1, 0] as const)) === 1 &&
    calls.X509_set_issuer_name(certificate, name) === 1 &&
    calls.X509_set_pubkey(certificate, key) === 1 &&
    calls.X509_sign(certificate, key, calls.EVP_sha256()) > 0;
  if (!done) throw refusedByLibrary("a certificate");
  return certificate;
}

/** In DER. */
export function encodeCertificate({ calls, memory: allocate }: DtlsLibrary, certificate: number): Uint8Array {
  const length = calls.i2d_X509(certificate, 0);
  if (length <= 0 || length > maxCertificateLength) return new Uint8Array();
  const memory = allocate(8 + length);
  memory.point(0, 8);
  calls.i2d_X509(certificate, memory.at(0));
  return memory.bytes.slice(8, 8 + length);
}
