// One DTLS association: datagrams go in and out, and once the handshake is done and the far end's certificate has the
// fingerprint that its description names, there are keys for SRTP (RFC 5763, RFC 5764). Nothing else is carried by it.
// Its timer repeats what was lost (RFC 6347 §4.2.4).
import { type Clock, errorMessage, PerSecond, type Timer } from "#common";
import { type MasterKey, type SrtpKeys, type SrtpSuite, srtpSuites } from "../srtp/index.ts";
import { type DtlsIdentity, encodeCertificate, fingerprintOf } from "./identity.ts";

/** The fingerprints of the description, of which the far end's certificate must match one: hash and value, as in SDP. */
export type Fingerprints = readonly { readonly hash: string; readonly value: string }[];

export type DtlsRole = "client" | "server";

export interface DtlsOptions {
  readonly identity: DtlsIdentity;
  readonly clock: Clock;
  readonly role: DtlsRole;
  readonly fingerprints: Fingerprints;
  readonly send: (datagram: Uint8Array) => void;
  readonly onKeys: (keys: SrtpKeys) => void;
  /** Once; nothing follows it. */
  readonly onFailed: (why: string) => void;
}

/** Datagrams that are looked at in one second at most: a handshake is some ten. */
const maxPerSecond = 60;
const handshakeMs = 30_000;
const mtuBytes = 1200;
const bufferBytes = 2048;
const setMtu = 17;
const getTimeout = 73;
const handleTimeout = 74;
const wantsMore: ReadonlySet<number> = new Set([2, 3]);
const closed = 6;
const exporter = "EXTRACTOR-dtls_srtp";

/** RFC 5764 §4.1.2, RFC 7714 §14.2. */
const suitesByProfile: ReadonlyMap<number, SrtpSuite> = new Map([
  [1, srtpSuites.AES_CM_128_HMAC_SHA1_80],
  [2, srtpSuites.AES_CM_128_HMAC_SHA1_32],
  [7, srtpSuites.AEAD_AES_128_GCM],
  [8, srtpSuites.AEAD_AES_256_GCM],
]);

export class DtlsConnection {
  readonly #options: DtlsOptions;
  readonly #buffer: ReturnType<DtlsIdentity["library"]["memory"]>;
  readonly #connection: number;
  readonly #inbound: number;
  readonly #outbound: number;
  readonly #limit: Timer;
  #state: "shaking hands" | "connected" | "failed" | "closed" = "shaking hands";
  #timer: Timer | undefined;
  readonly #datagrams: PerSecond;

  constructor(options: DtlsOptions) {
    const { identity, clock, role } = options;
    const { calls } = identity.library;
    this.#options = options;
    this.#datagrams = new PerSecond(clock, maxPerSecond);
    this.#buffer = identity.library.memory(bufferBytes);
    this.#connection = calls.SSL_new(identity.context);
    this.#inbound = calls.BIO_new(calls.BIO_s_dgram_mem());
    this.#outbound = calls.BIO_new(calls.BIO_s_dgram_mem());
    calls.SSL_set_bio(this.#connection, this.#inbound, this.#outbound);
    calls.SSL_ctrl(this.#connection, setMtu, mtuBytes, 0);
    if (role === "client") calls.SSL_set_connect_state(this.#connection);
    else calls.SSL_set_accept_state(this.#connection);
    this.#limit = clock.after(handshakeMs, () => this.#fail("no DTLS handshake in time"));
  }

  get connected(): boolean {
    return this.#state === "connected";
  }

  /** The client begins; a server waits. */
  start(): void {
    this.#advance();
  }

  /** A datagram of the far end; false: it was too much, or too late, and is dropped. */
  receive(datagram: Uint8Array): boolean {
    if (this.#over || datagram.length > bufferBytes || !this.#datagrams.allows()) return false;
    const { calls } = this.#options.identity.library;
    this.#buffer.bytes.set(datagram);
    calls.BIO_write(this.#inbound, this.#buffer.at(0), datagram.length);
    this.#advance();
    return true;
  }

  /** Says goodbye and frees everything. Idempotent. */
  close(): void {
    if (this.#state === "closed") return;
    const { calls } = this.#options.identity.library;
    if (this.#state === "connected") {
      calls.SSL_shutdown(this.#connection);
      this.#flush();
    }
    this.#state = "closed";
    this.#limit.cancel();
    this.#timer?.cancel();
    calls.SSL_free(this.#connection);
  }

  get #over(): boolean {
    return this.#state === "failed" || this.#state === "closed";
  }

  #advance(): void {
    if (this.#over) return;
    const { calls } = this.#options.identity.library;
    const connection = this.#connection;
    calls.ERR_clear_error();
    const shaking = this.#state === "shaking hands";
    const result = shaking
      ? calls.SSL_do_handshake(connection)
      : calls.SSL_read(connection, this.#buffer.at(0), bufferBytes);
    const error = result > 0 ? 0 : calls.SSL_get_error(connection, result);
    this.#flush();
    if (shaking && result === 1) this.#finish();
    else if (error === closed) this.#fail("the far end has closed DTLS");
    else if (error !== 0 && !wantsMore.has(error)) this.#fail("the DTLS handshake failed");
    this.#arm();
  }

  #flush(): void {
    const { calls } = this.#options.identity.library;
    for (;;) {
      const length = calls.BIO_read(this.#outbound, this.#buffer.at(0), bufferBytes);
      if (length <= 0) return;
      this.#options.send(this.#buffer.bytes.slice(0, length));
    }
  }

  /** As long as something of ours is not answered. */
  #arm(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    if (this.#over) return;
    const { calls } = this.#options.identity.library;
    const { view } = this.#buffer;
    if (calls.SSL_ctrl(this.#connection, getTimeout, 0, this.#buffer.at(0)) !== 1) return;
    const leftMs = Number(view.getBigInt64(0, true)) * 1000 + Number(view.getBigInt64(8, true)) / 1000;
    this.#timer = this.#options.clock.after(Math.max(1, leftMs), () => {
      calls.SSL_ctrl(this.#connection, handleTimeout, 0, 0);
      this.#advance();
    });
  }

  #finish(): void {
    const suite = suitesByProfile.get(this.#options.identity.library.srtpProfile(this.#connection));
    if (!this.#isExpected() || !suite) {
      const what = suite
        ? "the certificate is not the one that the description names"
        : "there is no SRTP profile";
      this.#fail(`DTLS: ${what}`);
      return;
    }
    try {
      this.#state = "connected";
      this.#limit.cancel();
      this.#options.onKeys(this.#exportKeys(suite));
    } catch (error) {
      this.#fail(errorMessage(error));
    }
  }

  #isExpected(): boolean {
    const certificate = this.#peerCertificate();
    return this.#options.fingerprints.some(
      ({ hash, value }) => certificate && fingerprintOf(certificate, hash) === value.toUpperCase(),
    );
  }

  #peerCertificate(): Uint8Array | undefined {
    const { library } = this.#options.identity;
    const { calls } = library;
    const certificate = calls.SSL_get1_peer_certificate(this.#connection);
    if (certificate === 0) return undefined;
    try {
      return encodeCertificate(library, certificate);
    } finally {
      calls.X509_free(certificate);
    }
  }

  /** RFC 5764 §4.2: the keys of client and server, then their salts. */
  #exportKeys(suite: SrtpSuite): SrtpKeys {
    const { identity, role } = this.#options;
    const { calls } = identity.library;
    const { keyBytes, saltBytes } = suite;
    const length = 2 * (keyBytes + saltBytes);
    const at = this.#buffer.at(0);
    const done = calls.SSL_export_keying_material(
      ...([this.#connection, at, length, exporter, exporter.length, 0, 0, 0] as const),
    );
    if (done !== 1) throw new Error("DTLS exports no keys");
    const material = this.#buffer.bytes.slice(0, length);
    this.#buffer.bytes.fill(0, 0, length);
    const keyOf = (side: 0 | 1): MasterKey => {
      const saltAt = 2 * keyBytes + side * saltBytes;
      const key = material.slice(side * keyBytes, (side + 1) * keyBytes);
      return { suite, key, salt: material.slice(saltAt, saltAt + saltBytes), mki: new Uint8Array() };
    };
    const [client, server] = [keyOf(0), keyOf(1)];
    return role === "server" ? { send: server, receive: client } : { send: client, receive: server };
  }

  #fail(why: string): void {
    if (this.#over) return;
    this.#state = "failed";
    this.#limit.cancel();
    this.#timer?.cancel();
    this.#options.onFailed(why);
  }
}
