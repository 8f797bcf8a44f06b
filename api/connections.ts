// How many connections there may be, in all and from one address. When an address has as many as it may, a further one
// takes the place of its oldest one that waits for a request or for the rest of one; so neither an address full of
// unfinished requests keeps its own ordinary clients away, nor other addresses. When all places are taken,
// the address with the most connections gives way in the same manner. Connections whose request is being answered,
// and WebSockets, are never taken away.
//
// A trusted proxy speaks for many clients: its connections count in all, and its clients by their open requests.

import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { createNetworks, plainAddress, sourceOf } from "#common";
import type { Api } from "./instance.ts";
import { clientAddress, HttpRefusal } from "./plugins/index.ts";

export interface ConnectionLimits {
  readonly total: number;
  readonly perAddress: number;
  /** Addresses and networks. */
  readonly trustedProxies: readonly string[];
}

interface Connection {
  readonly socket: Socket;
  readonly source: string;
  /** What is known of its last request. */
  exchange: { readonly request: IncomingMessage; readonly response: ServerResponse } | undefined;
  upgraded: boolean;
}

/** Once every listener for connections is there. */
export function boundConnections(server: Server, limits: ConnectionLimits): void {
  const table = new ConnectionTable(limits);
  const listeners = server.listeners("connection") as ((socket: Socket) => void)[];
  server.removeAllListeners("connection");
  server.on("connection", (socket: Socket) => {
    if (!table.admit(socket)) {
      socket.destroy();
      return;
    }
    for (const listener of listeners) listener.call(server, socket);
  });
  server.on("request", (request, response) => table.requested(request, response));
  // Only where there are WebSockets: a listener of its own would change how upgrades are answered.
  if (server.listenerCount("upgrade") > 0) server.on("upgrade", (request) => table.upgraded(request));
}

/** Of clients behind trusted proxies and of all others alike; the health check is not counted. */
export function boundRequests(app: Api, perAddress: number): void {
  const open = new Map<string, number>();
  app.addHook("onRequest", async (request, reply) => {
    if (request.routeOptions.url === "/healthz") return;
    const source = sourceOf(clientAddress(request));
    const count = open.get(source) ?? 0;
    if (count >= perAddress) {
      throw new HttpRefusal(
        "RATE_LIMITED",
        `This address has ${perAddress} unfinished requests: wait for some.`,
        {
          headers: { "retry-after": "1" },
        },
      );
    }
    open.set(source, count + 1);
    reply.raw.once("close", () => {
      const left = (open.get(source) ?? 1) - 1;
      if (left > 0) open.set(source, left);
      else open.delete(source);
    });
  });
}

export class ConnectionTable {
  readonly #limits: ConnectionLimits;
  readonly #proxies: { contains(address: string): boolean };
  /** Each set in order of arrival. */
  readonly #bySource = new Map<string, Set<Connection>>();
  readonly #byPeer = new Map<string, Connection>();

  constructor(limits: ConnectionLimits) {
    this.#limits = limits;
    this.#proxies = createNetworks(limits.trustedProxies);
  }

  get size(): number {
    return this.#byPeer.size;
  }

  /** False when there is no place and none can be made. */
  admit(socket: Socket): boolean {
    const address = plainAddress(socket.remoteAddress ?? "");
    const source = sourceOf(address);
    const { total, perAddress } = this.#limits;
    const own = this.#bySource.get(source);
    const isFull = own !== undefined && own.size >= perAddress && !this.#proxies.contains(address);
    if (isFull && !this.#makeRoomIn(own)) return false;
    if (this.size >= total && !this.#makeRoom()) return false;
    this.#add({ socket, source, exchange: undefined, upgraded: false }, peerOf(socket));
    return true;
  }

  requested(request: IncomingMessage, response: ServerResponse): void {
    const connection = this.#byPeer.get(peerOf(request.socket));
    if (connection) connection.exchange = { request, response };
  }

  upgraded({ socket }: IncomingMessage): void {
    const connection = this.#byPeer.get(peerOf(socket));
    if (connection) connection.upgraded = true;
  }

  #add(connection: Connection, peer: string): void {
    const { source, socket } = connection;
    const own = this.#bySource.get(source) ?? new Set();
    own.add(connection);
    this.#bySource.set(source, own);
    this.#byPeer.set(peer, connection);
    socket.once("close", () => this.#remove(connection, peer));
  }

  #remove(connection: Connection, peer: string): void {
    if (this.#byPeer.get(peer) === connection) this.#byPeer.delete(peer);
    const own = this.#bySource.get(connection.source);
    own?.delete(connection);
    if (own?.size === 0) this.#bySource.delete(connection.source);
  }

  #makeRoom(): boolean {
    const sources = [...this.#bySource.values()].sort((left, right) => right.size - left.size);
    return sources.some((own) => this.#makeRoomIn(own));
  }

  #makeRoomIn(own: ReadonlySet<Connection>): boolean {
    for (const connection of own) {
      if (isBusy(connection)) continue;
      this.#remove(connection, peerOf(connection.socket));
      connection.socket.destroy();
      return true;
    }
    return false;
  }
}

/** The whole request is there, and the answer is not out yet. */
const isBusy = ({ upgraded, exchange }: Connection): boolean =>
  upgraded || (exchange?.request.complete === true && !exchange.response.writableFinished);

/** The same for a connection and for the TLS session on it. */
const peerOf = ({ remoteAddress, remotePort }: Socket): string => `${remoteAddress} ${remotePort}`;
