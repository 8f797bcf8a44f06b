// SIP over TLS (RFC 3261 §26.2, RFC 5922): TLS 1.2 and 1.3 between TCP and the messages. Connections that peers open get the
// bridge's certificate; a client certificate is requested where an authority for it is configured. Connections that we open name
// the host (SNI) and are closed when the certificate is not for it.
import { constants } from "node:crypto";
import { isIP, type Socket } from "node:net";
import { connect, createServer, type SecureContextOptions, type Server, type TLSSocket } from "node:tls";
import { errorMessage, type Logger, ParleyError, RateLimiter, unmapped } from "#common";
import {
  type OpenStream,
  StreamConnections,
  type StreamLayer,
  type StreamTransport,
  type StreamTransportOptions,
} from "./stream-transport.ts";
import { anyPeer, TlsClient } from "./tls-client.ts";
import { isForHost, sipDomainsOf } from "./tls-identity.ts";
import type { Destination } from "./transport.ts";

/** The bridge's own certificate, as PEM. */
export interface TlsIdentity {
  readonly cert: string;
  readonly key: string;
}

/** Provides the certificate, and tells when it was replaced. */
export interface TlsIdentitySource {
  readonly current: TlsIdentity;
  onChange(apply: (identity: TlsIdentity) => void): void;
}

export interface TlsTransportOptions extends StreamTransportOptions {
  readonly identity: TlsIdentitySource;
  /** PEM: the authorities that sign client certificates. Without them none is requested. */
  readonly clientAuthorities?: string | undefined;
  /** A client without a certificate signed by them is refused. */
  readonly requireClientCertificate?: boolean;
  /** For connections that we open. Default: the system's authorities, no client certificate. */
  readonly client?: TlsClient;
  /** Limit from the first byte to the end of the handshake. */
  readonly handshakeMs?: number;
}

export const createTlsTransport = (options: TlsTransportOptions): StreamTransport =>
  new StreamConnections("TLS", options, new TlsLayer(options));

/** Forward secrecy and authenticated encryption, or CBC with SHA-2 for older telephones. TLS 1.3 has a list of its own. */
const ciphers = [
  ...["ECDHE+AESGCM", "ECDHE+CHACHA20", "DHE+AESGCM"],
  ...[
    "ECDHE-ECDSA-AES256-SHA384",
    "ECDHE-RSA-AES256-SHA384",
    "ECDHE-ECDSA-AES128-SHA256",
    "ECDHE-RSA-AES128-SHA256",
  ],
].join(":");
/** Handshakes cost more than messages: this is the limit of untrusted sources per second. */
const handshakeRate = { perSecond: 10, burst: 50, sources: 4096 };

class TlsLayer implements StreamLayer {
  readonly limitMs: number;
  readonly #server: Server;
  readonly #client: TlsClient;
  readonly #requireCertificate: boolean;
  readonly #rate: RateLimiter;
  readonly #log: Logger;
  /** Address and port of the peer → the pending result of its handshake. */
  readonly #waiting = new Map<string, PromiseWithResolvers<OpenStream>>();

  constructor(options: TlsTransportOptions) {
    const { clock, logger, identity, clientAuthorities, handshakeMs = 10_000 } = options;
    this.limitMs = handshakeMs;
    this.#log = logger;
    this.#client = options.client ?? new TlsClient();
    this.#requireCertificate = options.requireClientCertificate ?? false;
    this.#rate = new RateLimiter(clock, handshakeRate);
    const contextOf = ({ cert, key }: TlsIdentity): SecureContextOptions => ({
      ...{ cert, key, ciphers, minVersion: "TLSv1.2" as const },
      // Renegotiation would let a peer make us compute for nothing.
      secureOptions: constants.SSL_OP_NO_RENEGOTIATION,
      ...(clientAuthorities !== undefined && { ca: clientAuthorities }),
    });
    // It does not listen: connections are passed to it once they are admitted.
    this.#server = createServer({
      ...contextOf(identity.current),
      requestCert: clientAuthorities !== undefined,
      rejectUnauthorized: false,
    });
    this.#server.on("secureConnection", (socket) => this.#secured(socket));
    this.#server.on("tlsClientError", (error, socket) => {
      this.#waiting.get(peerOf(socket))?.reject(error);
      socket.destroy();
    });
    identity.onChange((next) => this.#replace(contextOf(next)));
  }

  admits(source: string, trusted: boolean): boolean {
    return trusted || this.#rate.allows(source);
  }

  accept(raw: Socket): Promise<OpenStream> {
    const peer = peerOf(raw);
    const waiting = Promise.withResolvers<OpenStream>();
    waiting.promise.catch(() => {});
    this.#waiting.set(peer, waiting);
    raw.on("error", waiting.reject);
    raw.once("close", () => {
      waiting.reject(new ParleyError("CONNECTION_CLOSED", "closed during the handshake"));
      if (this.#waiting.get(peer) === waiting) this.#waiting.delete(peer);
    });
    this.#server.emit("connection", raw);
    return waiting.promise;
  }

  async open(raw: Socket, { address, host = address }: Destination): Promise<OpenStream> {
    const { peer, context } = this.#client.contextFor(host);
    const socket = connect({
      socket: raw,
      secureContext: context,
      rejectUnauthorized: peer.verify,
      // Names are checked below, by the rules of SIP.
      checkServerIdentity: () => undefined,
      ...(isIP(host) === 0 && { servername: host }),
    });
    await new Promise<void>((resolve, reject) => {
      socket.on("error", reject);
      socket.once("secureConnect", resolve);
    });
    const certificate = socket.getPeerX509Certificate();
    // A host with other TLS settings needs a connection of its own.
    const isSamePeer = (other: string) => this.#client.peerFor(other) === peer;
    if (!peer.verify || !certificate) return { socket, serves: isSamePeer };
    if (!isForHost(certificate, host, peer.names)) {
      const names = certificate.subjectAltName ?? certificate.subject;
      socket.destroy();
      throw new ParleyError("CERTIFICATE_NAME", `the certificate of ${host} is for ${names.slice(0, 300)}`);
    }
    return {
      socket,
      peerNames: sipDomainsOf(certificate),
      // An address at which the name of a configured peer was verified belongs to that peer; else the certificate decides.
      serves: (other) =>
        isSamePeer(other) &&
        ((isIP(other) !== 0 && peer !== anyPeer) || isForHost(certificate, other, peer.names)),
    };
  }

  #secured(socket: TLSSocket): void {
    const waiting = this.#waiting.get(peerOf(socket));
    if (!waiting) {
      socket.destroy();
      return;
    }
    const certificate = socket.authorized ? socket.getPeerX509Certificate() : undefined;
    if (!certificate && this.#requireCertificate) {
      waiting.reject(new ParleyError("NO_CLIENT_CERTIFICATE", errorMessage(socket.authorizationError)));
      return;
    }
    // Requests to a host are sent on a connection that the peer has opened only when its certificate is for that host.
    const peerNames = certificate && sipDomainsOf(certificate);
    const serves = (host: string) => certificate !== undefined && isForHost(certificate, host);
    waiting.resolve({ socket, ...(peerNames && { peerNames }), serves });
  }

  /** Open connections keep the certificate with which they began. */
  #replace(context: SecureContextOptions): void {
    try {
      this.#server.setSecureContext(context);
    } catch (error) {
      this.#log.error({ err: errorMessage(error) }, "SIP over TLS keeps its earlier certificate");
    }
  }
}

/** A key that is the same for a connection and for the TLS session on it. */
const peerOf = ({ remoteAddress, remotePort }: Socket): string =>
  `${unmapped(remoteAddress ?? "")} ${remotePort}`;
