// The other kind of socket: node:dgram, which every platform has. The event loop hands each datagram over when it
// comes by, and that is taken for its arrival. It cannot mark packets for priority.
import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import { isIPv6 } from "node:net";
import { type Clock, errorCode, ParleyError, systemClock, unmapped } from "#common";
import {
  countUnsent,
  type MediaSocket,
  type MediaSockets,
  maxDatagramBytes,
  noSocketErrors,
  type SocketErrors,
  type SocketFactory,
  type SocketOptions,
} from "../socket.ts";
import { mapped } from "./socket-address.ts";

/** Addresses are always literal: asking the resolver would cost a turn of the event loop for every packet. */
const literal = (
  address: string,
  family: unknown,
  callback: (error: null, address: string, family: number) => void,
): void => callback(null, address, family === 6 ? 6 : 4);

export class DgramSockets implements MediaSockets {
  readonly kind = "dgram";
  readonly #clock: Pick<Clock, "monotonic">;
  readonly #sockets = new Set<DgramSocket>();
  #closed = false;

  constructor(clock: Pick<Clock, "monotonic">) {
    this.#clock = clock;
  }

  readonly open = async (options: SocketOptions): Promise<MediaSocket> => {
    if (this.#closed) throw new ParleyError("WRONG_STATE", "the media sockets are closed");
    const type = isIPv6(options.address) ? "udp6" : "udp4";
    const socket = createSocket({ type, lookup: literal as never });
    await new Promise<void>((resolve, reject) => {
      socket.once("error", reject);
      socket.bind({ address: options.address, port: options.port, exclusive: true }, () => {
        socket.off("error", reject);
        resolve();
      });
    }).catch((error: unknown) => {
      socket.close();
      throw error;
    });
    const { onPacket, errors = noSocketErrors() } = options;
    const own = new DgramSocket(socket, {
      errors,
      dual: type === "udp6",
      onPacket: (packet, from) => onPacket(packet, from, this.#clock.monotonic()),
      onClose: () => this.#sockets.delete(own),
    });
    this.#sockets.add(own);
    return own;
  };

  readonly poll = (): void => {};

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#sockets].map((socket) => socket.close()));
  }
}

/** One socket by node:dgram. */
export const openUdpSocket: SocketFactory = (options) => new DgramSockets(systemClock).open(options);

interface DgramSocketOptions {
  readonly errors: SocketErrors;
  /** An IPv6 socket, whose peers may be IPv4. */
  readonly dual: boolean;
  readonly onPacket: (packet: Uint8Array, from: RemoteInfo) => void;
  readonly onClose: () => void;
}

class DgramSocket implements MediaSocket {
  readonly #socket: Socket;
  readonly #options: DgramSocketOptions;
  /** The last destination, as it came and as the socket takes it. */
  #destination = "";
  #target = "";
  #closed: Promise<void> | undefined;

  constructor(socket: Socket, options: DgramSocketOptions) {
    this.#socket = socket;
    this.#options = options;
    socket.on("message", this.#onMessage);
    socket.on("error", () => {
      options.errors.unreceived += 1;
    });
  }

  send(packet: Uint8Array, port: number, address: string): void {
    if (this.#closed) return;
    if (address !== this.#destination) {
      this.#destination = address;
      this.#target = this.#options.dual ? mapped(address) : address;
    }
    if (packet.length > maxDatagramBytes) countUnsent(this.#options.errors, "EMSGSIZE");
    else this.#send(packet, port);
  }

  close(): Promise<void> {
    this.#closed ??= new Promise((resolve) => {
      this.#socket.removeAllListeners("message");
      this.#socket.close(() => {
        this.#options.onClose();
        resolve();
      });
    });
    return this.#closed;
  }

  #send(packet: Uint8Array, port: number): void {
    try {
      this.#socket.send(packet, port, this.#target, this.#onSent);
    } catch (error) {
      this.#countUnsent(error);
    }
  }

  /** Without it a refusal by the system would pass in silence. */
  readonly #onSent = (error: Error | null): void => {
    if (error) this.#countUnsent(error);
  };

  #countUnsent(error: unknown): void {
    countUnsent(this.#options.errors, errorCode(error) ?? "EINVAL");
  }

  readonly #onMessage = (packet: Uint8Array, from: RemoteInfo): void => {
    if (packet.length > maxDatagramBytes) {
      this.#options.errors.unreceived += 1;
      return;
    }
    if (this.#options.dual) from.address = unmapped(from.address);
    this.#options.onPacket(packet, from);
  };
}
