// A leg's UDP socket behind the smallest interface that serves, so that polled sockets or the memory of a test
// can stand in for node:dgram. Errors are counted, never thrown: a refused datagram is not an accident.
import { createSocket, type Socket } from "node:dgram";
import { isIPv6 } from "node:net";

export interface MediaAddress {
  readonly address: string;
  readonly port: number;
}

export interface MediaSocket {
  /** Sending and receiving errors so far. */
  readonly errors: number;
  /**
   * Sends the whole of `packet`, which the caller may fill again at once: a datagram that the kernel does not
   * take immediately then goes out with newer content, or not at all.
   */
  send(packet: Uint8Array, port: number, address: string): void;
  /** Resolves when the port is free; repeating it is allowed. */
  close(): Promise<void>;
}

export interface SocketOptions extends MediaAddress {
  /** Called for each datagram; the packet belongs to the receiver, `from` may be reused. */
  readonly onPacket: (packet: Uint8Array, from: MediaAddress) => void;
}

/** Resolves with a bound socket; rejects with the system's error, EADDRINUSE for one. */
export type SocketFactory = (options: SocketOptions) => Promise<MediaSocket>;

/** Addresses are always literal: asking the resolver would cost a turn of the event loop for every packet. */
const literal = (
  address: string,
  family: unknown,
  callback: (error: null, address: string, family: number) => void,
): void => callback(null, address, family === 6 ? 6 : 4);

export const openUdpSocket: SocketFactory = async (options) => {
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
  return new UdpSocket(socket, options);
};

class UdpSocket implements MediaSocket {
  errors = 0;
  readonly #socket: Socket;
  #closed: Promise<void> | undefined;

  constructor(socket: Socket, options: SocketOptions) {
    this.#socket = socket;
    socket.on("message", options.onPacket);
    socket.on("error", () => {
      this.errors += 1;
    });
  }

  send(packet: Uint8Array, port: number, address: string): void {
    if (this.#closed) return;
    try {
      this.#socket.send(packet, port, address);
    } catch {
      this.errors += 1;
    }
  }

  close(): Promise<void> {
    this.#closed ??= new Promise((resolve) => {
      this.#socket.removeAllListeners("message");
      this.#socket.close(resolve);
    });
    return this.#closed;
  }
}
