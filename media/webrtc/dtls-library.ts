// DTLS 1.2 by the OpenSSL that node itself is linked with, as functions on addresses (see srtp/openssl.ts): the few that a
// handshake needs which brings keys for SRTP (RFC 5764). Only `loadDtlsLibrary` touches koffi.
import { ParleyError } from "#common";
import { loadLibc, Memory } from "../rtp/index.ts";

const pointer = "uintptr_t";

/** Result and parameters of each function, in koffi's words; see OpenSSL's SSL_CTX_new(3), BIO_s_dgram_mem(3) and others. */
const signatures = {
  DTLS_method: [pointer, []],
  SSL_CTX_new: [pointer, [pointer]],
  SSL_CTX_free: ["void", [pointer]],
  SSL_CTX_use_certificate: ["int", [pointer, pointer]],
  SSL_CTX_use_PrivateKey: ["int", [pointer, pointer]],
  SSL_CTX_set_cipher_list: ["int", [pointer, "str"]],
  SSL_CTX_set_options: ["uint64_t", [pointer, "uint64_t"]],
  SSL_CTX_set_tlsext_use_srtp: ["int", [pointer, "str"]],
  SSL_new: [pointer, [pointer]],
  SSL_free: ["void", [pointer]],
  SSL_ctrl: ["long", [pointer, "int", "long", pointer]],
  SSL_set_bio: ["void", [pointer, pointer, pointer]],
  SSL_set_accept_state: ["void", [pointer]],
  SSL_set_connect_state: ["void", [pointer]],
  SSL_do_handshake: ["int", [pointer]],
  SSL_read: ["int", [pointer, pointer, "int"]],
  SSL_shutdown: ["int", [pointer]],
  SSL_get_error: ["int", [pointer, "int"]],
  SSL_export_keying_material: [
    "int",
    [pointer, pointer, "size_t", "str", "size_t", pointer, "size_t", "int"],
  ],
  SSL_get1_peer_certificate: [pointer, [pointer]],
  i2d_X509: ["int", [pointer, pointer]],
  X509_new: [pointer, []],
  X509_set_version: ["int", [pointer, "long"]],
  X509_get_serialNumber: [pointer, [pointer]],
  ASN1_INTEGER_set: ["int", [pointer, "long"]],
  X509_getm_notBefore: [pointer, [pointer]],
  X509_getm_notAfter: [pointer, [pointer]],
  ASN1_TIME_set: [pointer, [pointer, "int64_t"]],
  X509_get_subject_name: [pointer, [pointer]],
  X509_NAME_add_entry_by_txt: ["int", [pointer, "str", "int", "str", "int", "int", "int"]],
  X509_set_issuer_name: ["int", [pointer, pointer]],
  X509_set_pubkey: ["int", [pointer, pointer]],
  X509_sign: ["int", [pointer, pointer, pointer]],
  EVP_sha256: [pointer, []],
  EVP_PKEY_free: ["void", [pointer]],
  d2i_AutoPrivateKey: [pointer, [pointer, pointer, "long"]],
  X509_free: ["void", [pointer]],
  BIO_new: [pointer, [pointer]],
  BIO_s_dgram_mem: [pointer, []],
  BIO_read: ["int", [pointer, pointer, "int"]],
  BIO_write: ["int", [pointer, pointer, "int"]],
  ERR_clear_error: ["void", []],
} as const satisfies Record<string, readonly [string, readonly string[]]>;

export type DtlsCalls = Record<keyof typeof signatures, (...values: (number | string)[]) => number>;

export interface DtlsLibrary {
  readonly calls: DtlsCalls;
  memory(bytes: number): Memory;
  /** Has the context ask for a certificate and take any: its fingerprint is compared afterwards (RFC 8122 §6). */
  acceptAnyCertificate(context: number): void;
  /** The number of the SRTP protection profile that was agreed (RFC 5764 §4.1.2); 0: none. */
  srtpProfile(connection: number): number;
}

/** SSL_VERIFY_PEER and SSL_VERIFY_FAIL_IF_NO_PEER_CERT. */
const verifyPeer = 3;

let loading: Promise<DtlsLibrary> | undefined;

/** Once a process. Rejects where koffi has no binary for this machine, or node does not export OpenSSL. */
export function loadDtlsLibrary(): Promise<DtlsLibrary> {
  loading ??= load();
  return loading;
}

async function load(): Promise<DtlsLibrary> {
  const { default: koffi } = await import("koffi");
  const own = koffi.load(null);
  const calls = Object.fromEntries(
    Object.entries(signatures).map(([name, [result, parameters]]) => [
      name,
      own.func(name, result, [...parameters]),
    ]),
  ) as unknown as DtlsCalls;
  const verify = koffi.proto("int ParleyVerify(int ok, void *store)");
  const setVerify = own.func("SSL_CTX_set_verify", "void", [pointer, "int", koffi.pointer(verify)]);
  // Registered once for the life of the process: contexts point to it.
  const accept = koffi.register(() => 1, koffi.pointer(verify));
  const profile = koffi.struct("ParleySrtpProfile", { name: "const char *", id: "unsigned long" });
  const selected = own.func("SSL_get_selected_srtp_profile", koffi.pointer(profile), [pointer]);
  const libc = await loadLibc();
  return {
    calls,
    memory: (bytes) => new Memory(libc, bytes),
    acceptAnyCertificate: (context) => setVerify(context, verifyPeer, accept),
    srtpProfile(connection) {
      const found: unknown = selected(connection);
      if (!found) return 0;
      const { id } = koffi.decode(found, profile) as { id: number | bigint };
      return Number(id);
    },
  };
}

export const refusedByLibrary = (what: string): ParleyError =>
  new ParleyError("INTERNAL", `OpenSSL refuses ${what}`);
