// SIP over TCP (RFC 3261 §18): one listener, and a table of connections that others opened or we did. A
// connection to where a request has to go is used again; their number is bounded, by the rules of connection-admission.ts.
import { createServer, type Server, type Socket } from "node:net";
import { type Clock, errorMessage, type Logger, ParleyError, sourceOf, unmapped } from "#common";
import { defaultLimits, type ParseLimits } from "../message/parser.ts";
import {
  Connection,
  type ConnectionEnd,
  type ConnectionLimits,
  defaultConnectionLimits,
} from "./connection.ts";
import { type AdmissionLimits, admitConnection } from "./connection-admission.ts";
import { dial } from "./dial.ts";
import { familiesOf } from "./local-address.ts";
import type {
  ConnectionCounters,
  Destination,
  Flow,
  Lost,
  ReceiveRead,
  SocketAddress,
  Transport,
} from "./transport.ts";

export interface TcpTransportOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly receiveRead: ReceiveRead;
  /** Told of each connection that is gone. */
  readonly lost?: Lost;
  /** An address of ours, `0.0.0.0`, or `::` for both families. */
  readonly address: string;
  /** `::` is IPv6 alone, because another socket listens for IPv4. */
  readonly ipv6Only?: boolean;
  /** 0 lets the kernel choose; `port` tells after `listen`. */
  readonly port: number;
  /** Whose connections are accepted. Default: those of every source. */
  readonly accept?: (remote: SocketAddress) => boolean;
  /** Whether an address needs no credentials. Default: every address. */
  readonly trusted?: (address: string) => boolean;
  readonly maxConnections?: number;
  readonly maxConnectionsPerSource?: number;
  /** Unproven connections of untrusted addresses. */
  readonly maxUnprovenPerSource?: number;
  readonly connectTimeoutMs?: number;
  readonly limits?: Partial<ConnectionLimits>;
  readonly parseLimits?: ParseLimits;
}

export interface TcpCounters {
  opened: number;
  accepted: number;
  /** Not accepted, or too many. */
  refused: number;
  pings: number;
  /** By reason. */
  readonly closed: Partial<Record<ConnectionEnd, number>>;
}

export interface TcpTransport extends Transport {
  readonly protocol: "TCP";
  readonly counters: TcpCounters;
  /** Live connections. */
  readonly connections: number;
}

export const createTcpTransport = (options: TcpTransportOptions): TcpTransport => new Tcp(options);

class Tcp implements TcpTransport {
  readonly protocol = "TCP";
  readonly address: string;
  readonly families: Transport["families"];
  readonly counters: TcpCounters = { opened: 0, accepted: 0, refused: 0, pings: 0, closed: {} };
  readonly #options: TcpTransportOptions;
  readonly #limits: ConnectionLimits;
  readonly #admissionLimits: AdmissionLimits;
  readonly #server: Server;
  /** By the flow's id. */
  readonly #connections = new Map<string, Connection>();
  /** Remote address and port → the connection there. */
  readonly #byRemote = new Map<string, Connection>();
  readonly #dialing = new Map<string, Promise<Flow>>();
  readonly #dialingSockets = new Set<Socket>();
  #port: number;
  #made = 0;
  #state: "new" | "listening" | "closed" = "new";

  constructor(options: TcpTransportOptions) {
    this.#options = options;
    this.#limits = { ...defaultConnectionLimits, ...options.limits };
    this.#admissionLimits = {
      all: options.maxConnections ?? 4096,
      source: options.maxConnectionsPerSource ?? 256,
      unprovenSource: options.maxUnprovenPerSource ?? 16,
    };
    this.address = options.address;
    this.families = familiesOf(options.address, options.ipv6Only ?? false);
    this.#port = options.port;
    this.#server = createServer({ allowHalfOpen: false }, (socket) => this.#accept(socket));
  }

  get port(): number {
    return this.#port;
  }

  get connections(): number {
    return this.#connections.size;
  }

  get connectionCounters(): ConnectionCounters {
    const { opened, accepted, refused, closed } = this.counters;
    const open = { in: 0, out: 0 };
    for (const { direction } of this.#connections.values()) open[direction] += 1;
    return { open, opened, accepted, refused, closed };
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
    server.on("error", (error) => logger.warn({ err: errorMessage(error) }, "TCP listener error"));
    const bound = server.address();
    if (bound !== null && typeof bound === "object") this.#port = bound.port;
    this.#state = "listening";
  }

  async connect(destination: Destination): Promise<Flow> {
    if (this.#state === "closed") throw new ParleyError("CLOSED", "the TCP transport is closed");
    const key = remoteKey(destination);
    const open = this.#byRemote.get(key);
    if (open?.usable) return open.flow;
    const dialing = this.#dialing.get(key);
    if (dialing) return dialing;
    if (!this.#admitConnection(ourselves)) {
      throw new ParleyError("TOO_MANY_CONNECTIONS", "no further TCP connection can be opened");
    }
    const flow = this.#dial(destination).finally(() => this.#dialing.delete(key));
    this.#dialing.set(key, flow);
    return flow;
  }

  async send(data: Uint8Array, flow: Flow): Promise<void> {
    const connection = this.#connections.get(flow.id);
    if (!connection) throw new ParleyError("CONNECTION_CLOSED", "the connection is closed");
    await connection.send(data);
  }

  prove(flow: Flow): void {
    this.#connections.get(flow.id)?.prove();
  }

  async close(): Promise<void> {
    if (this.#state === "closed") return;
    const listening = this.#state === "listening";
    this.#state = "closed";
    const connections = [...this.#connections.values()];
    for (const connection of connections) connection.close();
    const closed = new ParleyError("CLOSED", "the TCP transport is closed");
    for (const socket of this.#dialingSockets) socket.destroy(closed);
    if (listening) await new Promise<void>((resolve) => this.#server.close(() => resolve()));
    await Promise.all(connections.map((connection) => connection.closed));
    await Promise.allSettled(this.#dialing.values());
  }

  #accept(socket: Socket): void {
    const remote = remoteOf(socket);
    const { accept } = this.#options;
    const gone = remote.address === "";
    const refused = this.#state !== "listening" || gone || (accept && !accept(remote));
    if (refused || !this.#admitFrom(remote)) {
      this.counters.refused += 1;
      socket.on("error", () => {});
      socket.destroy();
      return;
    }
    this.counters.accepted += 1;
    this.#adopt(socket, remote, "in");
  }

  /** False when there is none. */
  #admitFrom({ address }: SocketAddress): boolean {
    return this.#admitConnection({ source: sourceOf(address), trusted: this.#isTrusted(address) });
  }

  #admitConnection(newcomer: { readonly source: string; readonly trusted: boolean }): boolean {
    const open = [...this.#connections.values()].filter(({ destroyed }) => !destroyed);
    const now = this.#options.clock.monotonic();
    const limits = { ...this.#admissionLimits, all: this.#admissionLimits.all - this.#dialing.size };
    const admission = admitConnection(newcomer, open, { limits, now });
    if (admission.kind === "evict") admission.connection.close("displaced");
    return admission.kind !== "refused";
  }

  #isTrusted(address: string): boolean {
    return this.#options.trusted?.(address) ?? true;
  }

  async #dial({ address, port }: Destination): Promise<Flow> {
    const { clock, connectTimeoutMs: limitMs = 5000 } = this.#options;
    const socket = await dial({
      address,
      port,
      from: this.address,
      clock,
      limitMs,
      dialing: this.#dialingSockets,
    });
    this.counters.opened += 1;
    return this.#adopt(socket, { address, port }, "out").flow;
  }

  #adopt(socket: Socket, remote: SocketAddress, direction: "in" | "out"): Connection {
    this.#made += 1;
    const local = { address: unmapped(socket.localAddress ?? "0.0.0.0"), port: socket.localPort ?? 0 };
    const flow: Flow = {
      protocol: "TCP",
      reliable: true,
      local,
      remote,
      id: `tcp ${this.address} ${this.#made}`,
    };
    const key = remoteKey(remote);
    const connection: Connection = new Connection({
      socket,
      flow,
      direction,
      source: sourceOf(remote.address),
      trusted: this.#isTrusted(remote.address),
      clock: this.#options.clock,
      limits: this.#limits,
      parseLimits: this.#options.parseLimits ?? defaultLimits,
      receiveRead: this.#options.receiveRead,
      onPing: () => {
        this.counters.pings += 1;
      },
      onClosed: (why) => {
        this.counters.closed[why] = (this.counters.closed[why] ?? 0) + 1;
        this.#connections.delete(flow.id);
        if (this.#byRemote.get(key) === connection) this.#byRemote.delete(key);
        this.#options.lost?.(flow);
      },
    });
    this.#connections.set(flow.id, connection);
    // Others' connections serve requests of ours only to the very port they come from: what a Via claims about
    // further ones (`alias`, RFC 5923) cannot be verified here.
    if (direction === "out" || !this.#byRemote.get(key)?.usable) this.#byRemote.set(key, connection);
    return connection;
  }
}

/** A connection that we open ourselves counts as trusted. */
const ourselves = { source: "ours", trusted: true };

const remoteKey = ({ address, port }: SocketAddress): string => `${address} ${port}`;

const remoteOf = (socket: Socket): SocketAddress => ({
  address: unmapped(socket.remoteAddress ?? ""),
  port: socket.remotePort ?? 0,
});
