// The connections of one transport by their flow: counts them and their ends, and finds one to send
// on it, to note a credential on it, or to close it because a credential is revoked.
import { type Clock, ParleyError, sourceOf } from "#common";
import {
  Connection,
  type ConnectionEnd,
  type ConnectionLimits,
  defaultConnectionLimits,
} from "./connection.ts";
import { ConnectionLimiter, type ConnectionLimiterOptions } from "./connection-limiter.ts";
import type { HandshakeEnd } from "./handshake.ts";
import type { MessageSocket } from "./message-socket.ts";
import type { ConnectionCounters, Flow, OnConnectionLost, Peer, ReceiveRead } from "./transport.ts";

/** Options of every transport with connections. */
export interface ConnectedTransportOptions extends Omit<ConnectionLimiterOptions, "clock"> {
  readonly clock: Clock;
  readonly receiveRead: ReceiveRead;
  /** Called for each connection that is lost. */
  readonly lost?: OnConnectionLost;
  /** Whether a peer's connections are accepted, before its certificate is known. Default: those of every source. */
  readonly accept?: (peer: Peer) => boolean;
  /** Shared with other transports. Default: places of its own, by the three limits. */
  readonly places?: ConnectionLimiter;
  readonly limits?: Partial<ConnectionLimits>;
}

export interface ConnectedCounters {
  opened: number;
  accepted: number;
  /** Not accepted, or over the limit. */
  refused: number;
  pings: number;
  /** By reason. */
  readonly closed: Partial<Record<ConnectionEnd | HandshakeEnd, number>>;
}

export interface NewConnection {
  readonly socket: MessageSocket;
  readonly flow: Omit<Flow, "id" | "reliable">;
  readonly direction: "in" | "out";
  readonly trusted: boolean;
  /** Pings are sent although the peer has opened it. */
  readonly pings?: boolean;
  readonly onClosed?: (connection: Connection) => void;
}

export class ConnectionTable {
  readonly counters: ConnectedCounters = { opened: 0, accepted: 0, refused: 0, pings: 0, closed: {} };
  readonly places: ConnectionLimiter;
  readonly #options: ConnectedTransportOptions;
  readonly #limits: ConnectionLimits;
  /** The prefix of the ids of its flows. */
  readonly #prefix: string;
  readonly #connections = new Map<string, Connection>();
  #made = 0;

  constructor(prefix: string, options: ConnectedTransportOptions) {
    this.#prefix = prefix;
    this.#options = options;
    this.#limits = { ...defaultConnectionLimits, ...options.limits };
    this.places = options.places ?? new ConnectionLimiter(options);
  }

  get size(): number {
    return this.#connections.size;
  }

  get connectionCounters(): ConnectionCounters {
    const { opened, accepted, refused, closed } = this.counters;
    const open = { in: 0, out: 0 };
    for (const { direction } of this.#connections.values()) open[direction] += 1;
    return { open, opened, accepted, refused, closed };
  }

  add({ onClosed, ...parts }: NewConnection): Connection {
    this.#made += 1;
    const flow: Flow = { ...parts.flow, reliable: true, id: `${this.#prefix} ${this.#made}` };
    const connection: Connection = new Connection({
      ...parts,
      flow,
      source: sourceOf(flow.remote.address),
      clock: this.#options.clock,
      limits: this.#limits,
      receiveRead: this.#options.receiveRead,
      onPing: () => {
        this.counters.pings += 1;
      },
      onClosed: (why) => {
        this.countClosed(why);
        this.#connections.delete(flow.id);
        this.places.remove(connection);
        onClosed?.(connection);
        this.#options.lost?.(flow);
      },
    });
    this.#connections.set(flow.id, connection);
    this.places.add(connection);
    return connection;
  }

  countClosed(why: ConnectionEnd | HandshakeEnd): void {
    this.counters.closed[why] = (this.counters.closed[why] ?? 0) + 1;
  }

  async send(data: Uint8Array, { id }: Flow): Promise<void> {
    const connection = this.#connections.get(id);
    if (!connection) throw new ParleyError("CONNECTION_CLOSED", "the connection is closed");
    await connection.send(data);
  }

  prove({ id }: Flow, credential?: string): void {
    this.#connections.get(id)?.prove(credential);
  }

  /** Closes the connections on which the credential was accepted; returns how many. */
  revoke(credential: string): number {
    const concerned = [...this.#connections.values()].filter((one) => one.isProvenBy(credential));
    for (const connection of concerned) connection.close("revoked");
    return concerned.length;
  }

  /** Closes all; resolves when their sockets are gone. */
  async close(): Promise<void> {
    const connections = [...this.#connections.values()];
    for (const connection of connections) connection.close();
    await Promise.all(connections.map(({ closed }) => closed));
  }
}
