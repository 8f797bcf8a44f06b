// SIP over WebSockets (RFC 7118). The HTTP server of the API performs the handshakes and passes us the sockets: we open no
// connections. A browser's address is never trusted, since it may be that of a proxy; the browser has to send credentials soon,
// and answers pings as every WebSocket must.
import { ParleyError, sourceOf } from "#common";
import { defaultLimits, type ParseLimits } from "../message/parser.ts";
import {
  type ConnectedCounters,
  type ConnectedTransportOptions,
  ConnectionTable,
} from "./connection-table.ts";
import { LocalAddresses } from "./local-address.ts";
import type { ConnectionCounters, Destination, Flow, SocketAddress, Transport } from "./transport.ts";
import { type SipWebSocket, WebSocketMessages } from "./websocket-messages.ts";

export interface WebSocketTransportOptions extends ConnectedTransportOptions {
  /** WSS where the client's connection is encrypted, by us or by a proxy in front of us. */
  readonly protocol: "WS" | "WSS";
  /** The port of the HTTP server, for Via and Contact. */
  readonly port: number;
  /** Our address towards a client behind a proxy. Default: the kernel's routes. */
  readonly findRoute?: (remote: string) => Promise<string>;
  readonly parseLimits?: ParseLimits;
}

/** A WebSocket that the HTTP server has accepted. */
export interface AcceptedWebSocket {
  readonly socket: SipWebSocket;
  /** The client's address as a trusted proxy tells it; its port is that of the connection. */
  readonly remote: SocketAddress;
  /** Our end of the connection. */
  readonly local: SocketAddress;
  /** The connection comes from a proxy and not from the client. */
  readonly proxied: boolean;
}

export interface WebSocketTransport extends Transport {
  readonly counters: ConnectedCounters;
  readonly connections: number;
  /** Closes the socket when the limit is reached. */
  take(accepted: AcceptedWebSocket): Promise<void>;
}

/** Proxies close connections that are quiet for a minute. */
const pingMs = 25_000;
/** RFC 6455 §7.4.1, and the code registered for overload. */
const policyViolation = 1008;
const tryAgainLater = 1013;

export const createWebSocketTransport = (options: WebSocketTransportOptions): WebSocketTransport =>
  new WebSockets(options);

class WebSockets implements WebSocketTransport {
  readonly protocol: "WS" | "WSS";
  readonly address = "::";
  readonly families = "both";
  readonly inboundOnly = true;
  readonly port: number;
  readonly #options: WebSocketTransportOptions;
  readonly #table: ConnectionTable;
  readonly #findRoute: (remote: string) => Promise<string>;
  #closed = false;

  constructor(options: WebSocketTransportOptions) {
    this.#options = options;
    this.protocol = options.protocol;
    this.port = options.port;
    const limits = { pingMs, ...options.limits };
    this.#table = new ConnectionTable(options.protocol.toLowerCase(), { ...options, limits });
    const routes = new LocalAddresses({ clock: options.clock });
    this.#findRoute = options.findRoute ?? ((remote) => routes.find(remote));
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

  /** Nothing to open: the HTTP server listens. */
  async listen(): Promise<void> {}

  async take({ socket, remote, local, proxied }: AcceptedWebSocket): Promise<void> {
    const { protocol } = this;
    socket.on("error", ignore);
    // Media goes directly to the client, and is sent from our address towards it.
    if (proxied) {
      socket.pause();
      const address = await this.#findRoute(remote.address).catch(() => local.address);
      socket.resume();
      this.#add(socket, { protocol, remote, local: { ...local, address } });
    } else this.#add(socket, { protocol, remote, local });
  }

  async connect({ address }: Destination): Promise<Flow> {
    throw new ParleyError("NO_TRANSPORT", `no WebSocket is opened to ${address}`);
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
    this.#closed = true;
    await this.#table.close();
  }

  #add(
    socket: SipWebSocket,
    flow: {
      readonly protocol: "WS" | "WSS";
      readonly remote: SocketAddress;
      readonly local: SocketAddress;
    },
  ): void {
    const { accept, parseLimits = defaultLimits } = this.#options;
    const { counters, places } = this.#table;
    const isWelcome = !this.#closed && (accept?.(flow) ?? true);
    if (!isWelcome || !places.admits({ source: sourceOf(flow.remote.address), trusted: false })) {
      counters.refused += 1;
      socket.close(isWelcome ? tryAgainLater : policyViolation);
      socket.terminate();
      return;
    }
    counters.accepted += 1;
    const messages = new WebSocketMessages(socket, parseLimits);
    if (messages.destroyed) return;
    this.#table.add({ socket: messages, flow, direction: "in", trusted: false, pings: true });
  }
}

const ignore = () => {};
