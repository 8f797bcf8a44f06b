// Who a media worker is in DTLS: a self-signed certificate of its own, made when the first call needs it and gone with the
// process (RFC 5763 §5, RFC 8827 §6.5). Its fingerprint stands in our descriptions.
import { createHash, KeyObject, webcrypto } from "node:crypto";
import { ParleyError } from "#common";
import { type DtlsLibrary, refusedByLibrary } from "./dtls-library.ts";

export interface DtlsIdentity {
  readonly library: DtlsLibrary;
  /** The library's context. */
  readonly context: number;
  /** Of our certificate, SHA-256, as SDP writes it. */
  readonly fingerprint: string;
}

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const dayMs = 86_400_000;
const validDays = 365;
const evpPkeyEc = 408;
/** Every suite with forward secrecy that browsers have in DTLS 1.2 (RFC 8827 §6.5). */
const suites =
  "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:" +
  "ECDHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-AES256-GCM-SHA384:ECDHE-RSA-CHACHA20-POLY1305";
const srtpProfiles = "SRTP_AEAD_AES_256_GCM:SRTP_AEAD_AES_128_GCM:SRTP_AES128_CM_SHA1_80";
/** SSL_OP_NO_QUERY_MTU, SSL_OP_NO_RENEGOTIATION, SSL_OP_NO_TICKET. */
const options = (1 << 12) | (1 << 30) | (1 << 14);

/** `now`: milliseconds since the Unix epoch. */
export async function createDtlsIdentity(library: DtlsLibrary, now: number): Promise<DtlsIdentity> {
  const { certificate, key } = await createCertificate(now);
  const { calls } = library;
  const context = calls.SSL_CTX_new(calls.DTLS_method());
  if (context === 0) throw refusedByLibrary("a DTLS context");
  const memory = library.memory(certificate.length + key.length);
  memory.bytes.set(certificate);
  memory.bytes.set(key, certificate.length);
  const [certificateAt, keyAt] = [memory.at(0), memory.at(certificate.length)];
  const done =
    calls.SSL_CTX_use_certificate_ASN1(context, certificate.length, certificateAt) === 1 &&
    calls.SSL_CTX_use_PrivateKey_ASN1(evpPkeyEc, context, keyAt, key.length) === 1 &&
    calls.SSL_CTX_set_cipher_list(context, suites) === 1 &&
    calls.SSL_CTX_set_tlsext_use_srtp(context, srtpProfiles) === 0;
  memory.bytes.fill(0);
  if (!done) {
    calls.SSL_CTX_free(context);
    throw new ParleyError("INTERNAL", "OpenSSL refuses the DTLS certificate or suites");
  }
  calls.SSL_CTX_set_options(context, options);
  library.acceptAnyCertificate(context);
  return { library, context, fingerprint: fingerprintOf(certificate, "sha-256")! };
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

async function createCertificate(now: number): Promise<{ certificate: Uint8Array; key: Uint8Array }> {
  await import("reflect-metadata");
  const { X509CertificateGenerator } = await import("@peculiar/x509");
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const made = await X509CertificateGenerator.createSelfSigned({
    name: "CN=Parley",
    notBefore: new Date(now - dayMs),
    notAfter: new Date(now + validDays * dayMs),
    signingAlgorithm: algorithm,
    keys,
  });
  const key = KeyObject.from(keys.privateKey).export({ type: "sec1", format: "der" });
  return { certificate: new Uint8Array(made.rawData), key: new Uint8Array(key) };
}
