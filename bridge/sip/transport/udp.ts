// SIP over UDP (RFC 3261 §18): one socket that listens and sends. A datagram is a message; retransmission is up to the
// transactions. Nothing that arrives and no error of a single peer can end the socket.
import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import { isIPv4, isIPv6 } from "node:net";
import { type Clock, errorMessage, type Logger, ParleyError, unmapped } from "#common";
import { familiesOf, LocalAddresses, literalLookup } from "./local-address.ts";
import type { Destination, Flow, Receive, SocketAddress, Transport } from "./transport.ts";

export interface UdpTransportOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly receive: Receive;
  /** An address of ours, `0.0.0.0`, or `::` for both families. */
  readonly address: string;
  /** `::` is IPv6 alone, because another socket listens for IPv4. */
  readonly ipv6Only?: boolean;
  /** With 0 the kernel chooses; `port` tells it after `listen`. */
  readonly port: number;
  /** Requested from the kernel, which may grant less. Default 2 MiB: a burst of calls must not overflow it. */
  readonly receiveBufferBytes?: number;
}

export interface UdpTransport extends Transport {
  readonly protocol: "UDP";
  readonly counters: UdpCounters;
}

export interface UdpCounters {
  received: number;
  sent: number;
  /** There is no route back to the sender, or too many new senders wait at once. */
  dropped: number;
  /** Errors of the socket itself. */
  errors: number;
}

export const createUdpTransport = (options: UdpTransportOptions): UdpTransport => new Udp(options);

/** Datagrams of unknown senders that wait for their local address. */
const maxWaiting = 256;

class Udp implements UdpTransport {
  readonly protocol = "UDP";
  readonly address: string;
  readonly families: Transport["families"];
  readonly counters: UdpCounters = { received: 0, sent: 0, dropped: 0, errors: 0 };
  readonly #options: UdpTransportOptions;
  readonly #socket: Socket;
  readonly #wildcard: boolean;
  readonly #locals: LocalAddresses;
  #port: number;
  #waiting = 0;
  #state: "new" | "listening" | "closed" = "new";

  constructor(options: UdpTransportOptions) {
    const { address } = options;
    const ipv6Only = isIPv6(address) && options.ipv6Only === true;
    this.#options = options;
    this.address = address;
    this.families = familiesOf(address, ipv6Only);
    this.#port = options.port;
    this.#wildcard = address === "0.0.0.0" || address === "::";
    this.#locals = new LocalAddresses({ clock: options.clock });
    this.#socket = createSocket({ type: isIPv6(address) ? "udp6" : "udp4", ipv6Only, lookup: literalLookup });
  }

  get port(): number {
    return this.#port;
  }

  async listen(): Promise<void> {
    const { address, port, logger, receiveBufferBytes = 2 * 1024 * 1024 } = this.#options;
    const socket = this.#socket;
    await new Promise<void>((resolve, reject) => {
      socket.once("error", reject);
      socket.bind({ address, port }, () => {
        socket.off("error", reject);
        resolve();
      });
    });
    this.#state = "listening";
    this.#port = socket.address().port;
    socket.on("error", (error) => {
      this.counters.errors += 1;
      logger.warn({ err: errorMessage(error) }, "UDP socket error");
    });
    socket.on("message", (data, from) => this.#take(data, from));
    try {
      socket.setRecvBufferSize(receiveBufferBytes);
    } catch (error) {
      logger.warn({ err: errorMessage(error) }, "the UDP receive buffer keeps its size");
    }
  }

  async connect(destination: Destination): Promise<Flow> {
    const { address, port } = destination;
    return this.#flow(await this.#localFor(address), { address, port });
  }

  send(data: Uint8Array, flow: Flow): Promise<void> {
    const { address, port } = flow.remote;
    if (this.#state !== "listening")
      return Promise.reject(new ParleyError("CLOSED", "the UDP socket is closed"));
    const target = this.families === "both" && isIPv4(address) ? `::ffff:${address}` : address;
    return new Promise((resolve, reject) => {
      const sent = (error: Error | null) => {
        if (error) {
          reject(error);
          return;
        }
        this.counters.sent += 1;
        resolve();
      };
      this.#socket.send(data, port, target, sent);
    });
  }

  async close(): Promise<void> {
    if (this.#state === "closed") return;
    this.#state = "closed";
    await new Promise<void>((resolve) => this.#socket.close(resolve));
  }

  #take(data: Buffer, from: RemoteInfo): void {
    this.counters.received += 1;
    const remote = { address: unmapped(from.address), port: from.port };
    const local = this.#wildcard ? this.#locals.known(remote.address) : this.#options.address;
    if (local !== undefined) this.#options.receive(data, this.#flow(local, remote));
    else if (this.#waiting >= maxWaiting) this.counters.dropped += 1;
    else void this.receiveOnceLocalIsKnown(data, remote);
  }

  /** Datagrams of one sender wait for the same query, and so keep their order. */
  async receiveOnceLocalIsKnown(data: Buffer, remote: SocketAddress): Promise<void> {
    this.#waiting += 1;
    try {
      const local = await this.#locals.find(remote.address);
      if (this.#state === "listening") this.#options.receive(data, this.#flow(local, remote));
    } catch {
      this.counters.dropped += 1;
    } finally {
      this.#waiting -= 1;
    }
  }

  async #localFor(address: string): Promise<string> {
    return this.#wildcard ? this.#locals.find(address) : this.#options.address;
  }

  #flow(local: string, remote: SocketAddress): Flow {
    const here = { address: local, port: this.#port };
    return { protocol: "UDP", reliable: false, local: here, remote, id: "udp" };
  }
}
