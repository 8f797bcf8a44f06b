// SRTP's ciphers by the OpenSSL that node itself is linked with and whose functions it exports for native modules. A
// context is made once a key and used for every packet: only the counter block changes. Addresses are numbers, as in
// rtp/sockets/libc.ts, and the caller holds the memory behind them. Only `loadOpenSsl` touches koffi.
import { ParleyError } from "#common";
import { loadLibc, Memory } from "../rtp/index.ts";
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

const pointer = "uintptr_t";

/** Result and parameters of each function, in koffi's words; see OpenSSL's EVP_EncryptInit(3) and EVP_MAC(3). */
const signatures = {
  EVP_CIPHER_fetch: [pointer, [pointer, "str", pointer]],
  EVP_CIPHER_CTX_new: [pointer, []],
  EVP_CIPHER_CTX_free: ["void", [pointer]],
  EVP_CIPHER_CTX_ctrl: ["int", [pointer, "int", "int", pointer]],
  EVP_EncryptInit_ex: ["int", [pointer, pointer, pointer, pointer, pointer]],
  EVP_EncryptUpdate: ["int", [pointer, pointer, pointer, pointer, "int"]],
  EVP_EncryptFinal_ex: ["int", [pointer, pointer, pointer]],
  EVP_DecryptInit_ex: ["int", [pointer, pointer, pointer, pointer, pointer]],
  EVP_DecryptUpdate: ["int", [pointer, pointer, pointer, pointer, "int"]],
  EVP_DecryptFinal_ex: ["int", [pointer, pointer, pointer]],
  EVP_MAC_fetch: [pointer, [pointer, "str", pointer]],
  EVP_MAC_CTX_new: [pointer, [pointer]],
  EVP_MAC_CTX_free: ["void", [pointer]],
  EVP_MAC_init: ["int", [pointer, pointer, "size_t", pointer]],
  EVP_MAC_update: ["int", [pointer, pointer, "size_t"]],
  EVP_MAC_final: ["int", [pointer, pointer, pointer, "size_t"]],
} as const satisfies Record<string, readonly [string, readonly string[]]>;

type Calls = Record<keyof typeof signatures, (...values: (number | string)[]) => number>;

const getTag = 0x10;
const setTag = 0x11;
/** OSSL_PARAM_UTF8_STRING, and the bytes of one OSSL_PARAM. */
const utf8String = 4;
const paramBytes = 40;
/** Places in the scratch memory: a key, the length that a function reports, a final block, the digest's name. */
const keyAt = 0;
const lengthAt = 64;
const finalAt = 80;
const paramsAt = 128;
const nameAt = paramsAt + 2 * paramBytes;
const scratchBytes = nameAt + 32;

/** Rejects where koffi has no binary for this machine, or node does not export OpenSSL. */
export async function loadOpenSsl(): Promise<SrtpCrypto> {
  const { default: koffi } = await import("koffi");
  const own = koffi.load(null);
  const calls = Object.entries(signatures).map(([name, [result, parameters]]) => [
    name,
    own.func(name, result, [...parameters]),
  ]);
  return new OpenSsl(Object.fromEntries(calls) as Calls, await loadLibc());
}

class OpenSsl implements SrtpCrypto {
  readonly kind = "openssl";
  readonly packet: Uint8Array;
  readonly iv: Uint8Array;
  readonly tag: Uint8Array;
  readonly #calls: Calls;
  readonly #scratch: Memory;
  readonly #packet: number;
  readonly #iv: number;
  readonly #tag: number;
  readonly #length: number;
  /** Referenced for as long as OpenSSL uses their addresses: the memory is freed with the last reference. */
  readonly held: readonly Memory[];
  /** Fetched algorithms, for the life of the process. */
  readonly #fetched = new Map<string, number>();

  constructor(calls: Calls, libc: ConstructorParameters<typeof Memory>[0]) {
    const [packet, iv, tag] = [packetBytes, ivBytes, hmacBytes].map((size) => new Memory(libc, size));
    const scratch = new Memory(libc, scratchBytes);
    this.#calls = calls;
    this.held = [packet!, iv!, tag!];
    this.#scratch = scratch;
    this.packet = packet!.bytes.subarray(0, packetBytes);
    this.iv = iv!.bytes.subarray(0, ivBytes);
    this.tag = tag!.bytes.subarray(0, hmacBytes);
    this.#packet = packet!.at(0);
    this.#iv = iv!.at(0);
    this.#tag = tag!.at(0);
    this.#length = scratch.at(lengthAt);
  }

  counterMode(key: Uint8Array): CounterMode {
    const { EVP_EncryptInit_ex: begin, EVP_EncryptUpdate: update } = this.#calls;
    const context = this.#cipher(`AES-${key.length * 8}-CTR`, key, begin);
    const [packet, iv, length] = [this.#packet, this.#iv, this.#length];
    return {
      apply(start, end) {
        begin(context, 0, 0, 0, iv);
        update(context, packet + start, length, packet + start, end - start);
      },
      free: () => this.#calls.EVP_CIPHER_CTX_free(context),
    };
  }

  hmacSha1(key: Uint8Array): Hmac {
    const { EVP_MAC_init: begin, EVP_MAC_update: update, EVP_MAC_final: end } = this.#calls;
    const context = this.#calls.EVP_MAC_CTX_new(this.#algorithm("HMAC", this.#calls.EVP_MAC_fetch));
    const scratch = this.#scratch;
    const view = scratch.view;
    scratch.bytes.fill(0, paramsAt);
    scratch.bytes.set(Buffer.from("digest\0SHA1\0"), nameAt);
    scratch.point(paramsAt, nameAt);
    view.setUint32(paramsAt + 8, utf8String, true);
    scratch.point(paramsAt + 16, nameAt + "digest\0".length);
    view.setBigUint64(paramsAt + 24, BigInt("SHA1".length), true);
    scratch.bytes.set(key, keyAt);
    const begun = context !== 0 && begin(context, scratch.at(keyAt), key.length, scratch.at(paramsAt)) === 1;
    scratch.bytes.fill(0, keyAt, lengthAt);
    if (!begun) throw refused("HMAC");
    const [packet, tag, length] = [this.#packet, this.#tag, this.#length];
    return {
      sign(bytes) {
        begin(context, 0, 0, 0);
        update(context, packet, bytes);
        end(context, tag, length, hmacBytes);
      },
      free: () => this.#calls.EVP_MAC_CTX_free(context),
    };
  }

  gcmSeal(key: Uint8Array): GcmSeal {
    const calls = this.#calls;
    const { EVP_EncryptInit_ex: begin, EVP_EncryptUpdate: update, EVP_EncryptFinal_ex: finish } = calls;
    const context = this.#cipher(`AES-${key.length * 8}-GCM`, key, begin);
    const [packet, iv, length, final] = [this.#packet, this.#iv, this.#length, this.#scratch.at(finalAt)];
    return {
      seal({ start, end, further }: GcmPlace) {
        begin(context, 0, 0, 0, iv);
        update(context, 0, length, packet, start);
        if (further >= 0) update(context, 0, length, packet + further, 4);
        if (end > start) update(context, packet + start, length, packet + start, end - start);
        finish(context, final, length);
        calls.EVP_CIPHER_CTX_ctrl(context, getTag, gcmTagBytes, packet + end);
      },
      free: () => calls.EVP_CIPHER_CTX_free(context),
    };
  }

  gcmOpen(key: Uint8Array): GcmOpen {
    const calls = this.#calls;
    const { EVP_DecryptInit_ex: begin, EVP_DecryptUpdate: update, EVP_DecryptFinal_ex: finish } = calls;
    const context = this.#cipher(`AES-${key.length * 8}-GCM`, key, begin);
    const [packet, iv, length, final] = [this.#packet, this.#iv, this.#length, this.#scratch.at(finalAt)];
    return {
      open({ start, end, further }: GcmPlace) {
        begin(context, 0, 0, 0, iv);
        update(context, 0, length, packet, start);
        if (further >= 0) update(context, 0, length, packet + further, 4);
        if (end > start) update(context, packet + start, length, packet + start, end - start);
        calls.EVP_CIPHER_CTX_ctrl(context, setTag, gcmTagBytes, packet + end);
        return finish(context, final, length) === 1;
      },
      free: () => calls.EVP_CIPHER_CTX_free(context),
    };
  }

  #cipher(name: string, key: Uint8Array, begin: Calls["EVP_EncryptInit_ex"]): number {
    const context = this.#calls.EVP_CIPHER_CTX_new();
    const algorithm = this.#algorithm(name, this.#calls.EVP_CIPHER_fetch);
    const scratch = this.#scratch;
    scratch.bytes.set(key, keyAt);
    const begun = context !== 0 && begin(context, algorithm, 0, scratch.at(keyAt), this.#iv) === 1;
    scratch.bytes.fill(0, keyAt, lengthAt);
    if (!begun) throw refused(name);
    return context;
  }

  #algorithm(name: string, fetch: Calls["EVP_CIPHER_fetch"]): number {
    const found = this.#fetched.get(name) ?? fetch(0, name, 0);
    if (found === 0) throw refused(name);
    this.#fetched.set(name, found);
    return found;
  }
}

const refused = (name: string) => new ParleyError("INTERNAL", `OpenSSL has no ${name}`);
