// SIP over connections that carry a stream of bytes, TCP and TLS (RFC 3261 §18): one listener, and a table of the connections
// that peers or we opened. A connection to the destination of a request is reused. What lies between TCP and the
// messages is up to a StreamLayer: nothing, or TLS.
//
//   accept ─▶ a place? ─▶ StreamLayer.accept ─▶ Connection          dial ─▶ StreamLayer.open ─▶ Connection
import { createServer, type Server, type Socket } from "node:net";
import { errorMessage, type Logger, ParleyError, sourceOf, unmapped } from "#common";
import { defaultLimits, type ParseLimits } from "../message/parser.ts";
import type { Connection } from "./connection.ts";
import {
  type ConnectedCounters,
  type ConnectedTransportOptions,
  ConnectionTable,
} from "./connection-table.ts";
import { dial } from "./dial.ts";
import { Handshake } from "./handshake.ts";
import { familiesOf } from "./local-address.ts";
import { StreamSocket } from "./message-socket.ts";
import type { ConnectionCounters, Destination, Flow, Peer, SocketAddress, Transport } from "./transport.ts";

export interface StreamTransportOptions extends ConnectedTransportOptions {
  readonly logger: Logger;
  /** An address of ours, `0.0.0.0`, or `::` for both families. */
  readonly address: string;
  /** `::` is IPv6 alone, because another socket listens for IPv4. */
  readonly ipv6Only?: boolean;
  /** With 0 the kernel chooses; `port` tells it after `listen`. */
  readonly port: number;
  /** Whether a peer needs no credentials. Default: no peer does. */
  readonly trusted?: (peer: Peer) => boolean;
  readonly connectTimeoutMs?: number;
  readonly parseLimits?: ParseLimits;
}

export interface StreamTransport extends Transport {
  readonly counters: ConnectedCounters;
  /** The number of live connections. */
  readonly connections: number;
}

/** A connection that is ready for messages. */
export interface OpenStream {
  readonly socket: Socket;
  /** The SIP domains of the peer's certificate, where one was verified. */
  readonly peerNames?: readonly string[];
  /** Whether a request for that host may be sent on it (RFC 5922 §4); by default it may. */
  readonly serves?: (host: string) => boolean;
}

/** The layer between a TCP connection and its messages. If a method rejects, the caller destroys the socket. */
export interface StreamLayer {
  /** Limit of `accept` and `open`, milliseconds. */
  readonly limitMs: number;
  /** False: the source has begun too many handshakes. */
  admits(source: string, trusted: boolean): boolean;
  accept(raw: Socket): Promise<OpenStream>;
  open(raw: Socket, destination: Destination): Promise<OpenStream>;
}

export class StreamConnections implements StreamTransport {
  readonly protocol: "TCP" | "TLS";
  readonly address: string;
  readonly families: Transport["families"];
  readonly #options: StreamTransportOptions;
  readonly #layer: StreamLayer | undefined;
  readonly #table: ConnectionTable;
  readonly #server: Server;
  /** Remote address and port → the connections there, the one to use first. */
  readonly #byRemote = new Map<string, Connection[]>();
  readonly #serves = new Map<Connection, (host: string) => boolean>();
  readonly #handshakes = new Set<Handshake>();
  readonly #dialing = new Map<string, Promise<Flow>>();
  readonly #dialingSockets = new Set<Socket>();
  #port: number;
  #state: "new" | "listening" | "closed" = "new";

  constructor(protocol: "TCP" | "TLS", options: StreamTransportOptions, layer?: StreamLayer) {
    this.protocol = protocol;
    this.#options = options;
    this.#layer = layer;
    this.#table = new ConnectionTable(`${protocol.toLowerCase()} ${options.address}`, options);
    this.address = options.address;
    this.families = familiesOf(options.address, options.ipv6Only ?? false);
    this.#port = options.port;
    this.#server = createServer({ allowHalfOpen: false }, (socket) => this.#accept(socket));
  }

  get port(): number {
    return this.#port;
  }

  get connections(): number {
    return this.#table.size;
  }

  get counters(): ConnectedCounters {
    return this.#table.counters;
  }

  get connectionCounters(): ConnectionCounters {
    return this.#table.connectionCounters;
  }

  async listen(): Promise<void> {
    const { port, logger } = this.#options;
    const ipv6Only = this.families === "IPv6";
    const server = this.#server;
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen({ host: this.address, port, ipv6Only }, () => {
        server.off("error", reject);
        resolve();
      });
    });
    server.on("error", (error) =>
      logger.warn({ err: errorMessage(error) }, `${this.protocol} listener error`),
    );
    const bound = server.address();
    if (bound !== null && typeof bound === "object") this.#port = bound.port;
    this.#state = "listening";
  }

  async connect(destination: Destination): Promise<Flow> {
    if (this.#state === "closed") throw this.#closedError();
    const { host = destination.address } = destination;
    const open = this.#byRemote
      .get(remoteKey(destination))
      ?.find((connection) => connection.usable && (this.#serves.get(connection)?.(host) ?? true));
    if (open) return open.flow;
    const key = `${remoteKey(destination)} ${host}`;
    const dialing = this.#dialing.get(key);
    if (dialing) return dialing;
    const release = this.#table.places.reserve();
    if (!release) {
      throw new ParleyError("TOO_MANY_CONNECTIONS", `no further ${this.protocol} connection can be opened`);
    }
    const flow = this.#dial(destination).finally(() => {
      release();
      this.#dialing.delete(key);
    });
    this.#dialing.set(key, flow);
    return flow;
  }

  send(data: Uint8Array, flow: Flow): Promise<void> {
    return this.#table.send(data, flow);
  }

  prove(flow: Flow, credential?: string): void {
    this.#table.prove(flow, credential);
  }

  revoke(credential: string): number {
    return this.#table.revoke(credential);
  }

  async close(): Promise<void> {
    if (this.#state === "closed") return;
    const listening = this.#state === "listening";
    this.#state = "closed";
    for (const handshake of this.#handshakes) handshake.close("local");
    const closed = this.#table.close();
    for (const socket of this.#dialingSockets) socket.destroy(this.#closedError());
    if (listening) await new Promise<void>((resolve) => this.#server.close(() => resolve()));
    await closed;
    await Promise.allSettled(this.#dialing.values());
  }

  #accept(socket: Socket): void {
    const remote = remoteOf(socket);
    const { accept } = this.#options;
    const peer: Peer = { protocol: this.protocol, remote };
    const gone = remote.address === "";
    const refused = this.#state !== "listening" || gone || (accept && !accept(peer));
    const newcomer = { source: sourceOf(remote.address), trusted: this.#isTrusted(peer) };
    const layer = this.#layer;
    const busy = layer && !layer.admits(newcomer.source, newcomer.trusted);
    if (refused || busy || !this.#table.places.admits(newcomer)) {
      this.counters.refused += 1;
      socket.on("error", () => {});
      socket.destroy();
      return;
    }
    this.counters.accepted += 1;
    if (layer) void this.#shakeHands(socket, remote, { layer, ...newcomer });
    else this.#adopt({ socket }, remote, "in");
  }

  async #shakeHands(
    raw: Socket,
    remote: SocketAddress,
    {
      layer,
      ...newcomer
    }: { readonly layer: StreamLayer; readonly source: string; readonly trusted: boolean },
  ): Promise<void> {
    const { clock, logger } = this.#options;
    const handshake = new Handshake(raw, { clock, limitMs: layer.limitMs, ...newcomer });
    this.#handshakes.add(handshake);
    this.#table.places.add(handshake);
    try {
      const stream = await handshake.finish(layer.accept(raw));
      this.#adopt(stream, remote, "in");
    } catch (error) {
      const why = handshake.end ?? "handshake";
      this.#table.countClosed(why);
      logger.debug({ remote: remote.address, why, err: errorMessage(error) }, "no TLS with this peer");
    } finally {
      this.#table.places.remove(handshake);
      this.#handshakes.delete(handshake);
    }
  }

  #isTrusted(peer: Peer): boolean {
    return this.#options.trusted?.(peer) ?? true;
  }

  async #dial(destination: Destination): Promise<Flow> {
    const { address, port } = destination;
    const { clock, connectTimeoutMs: limitMs = 5000 } = this.#options;
    const layer = this.#layer;
    const stream = await dial({
      address,
      port,
      from: this.address,
      clock,
      limitMs,
      dialing: this.#dialingSockets,
      open: (socket) => layer?.open(socket, destination) ?? Promise.resolve({ socket }),
    });
    if (this.#state === "closed") {
      stream.socket.destroy();
      throw this.#closedError();
    }
    this.counters.opened += 1;
    return this.#adopt(stream, { address, port }, "out").flow;
  }

  #adopt(
    { socket, peerNames, serves }: OpenStream,
    remote: SocketAddress,
    direction: "in" | "out",
  ): Connection {
    const { protocol } = this;
    const local = { address: unmapped(socket.localAddress ?? "0.0.0.0"), port: socket.localPort ?? 0 };
    const flow = { protocol, local, remote, ...(peerNames && { peerNames }) };
    const key = remoteKey(remote);
    const connection = this.#table.add({
      socket: new StreamSocket(socket, this.#options.parseLimits ?? defaultLimits),
      flow,
      direction,
      trusted: this.#isTrusted(flow),
      onClosed: (gone) => {
        this.#serves.delete(gone);
        this.#forget(key, gone);
      },
    });
    if (serves) this.#serves.set(connection, serves);
    // A connection opened by a peer carries our requests only to the port that it comes from: claims about
    // further ports in a Via (`alias`, RFC 5923) cannot be verified here.
    const there = this.#byRemote.get(key) ?? [];
    this.#byRemote.set(key, direction === "out" ? [connection, ...there] : [...there, connection]);
    return connection;
  }

  #forget(key: string, connection: Connection): void {
    const left = (this.#byRemote.get(key) ?? []).filter((other) => other !== connection);
    if (left.length > 0) this.#byRemote.set(key, left);
    else this.#byRemote.delete(key);
  }

  #closedError(): ParleyError {
    return new ParleyError("CLOSED", `the ${this.protocol} transport is closed`);
  }
}

const remoteKey = ({ address, port }: SocketAddress): string => `${address} ${port}`;

const remoteOf = (socket: Socket): SocketAddress => ({
  address: unmapped(socket.remoteAddress ?? ""),
  port: socket.remotePort ?? 0,
});
