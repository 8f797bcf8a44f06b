// UDP in memory: sockets by address and port, delivery at once and in order. A test that wants loss, delay or
// a stranger sends accordingly.
import type { MediaAddress, MediaSocket, SocketFactory, SocketOptions } from "../../../../media/rtp/index.ts";

export type Receiver = (packet: Uint8Array, from: MediaAddress) => void;

export class MemoryNetwork {
  readonly #receivers = new Map<string, Receiver>();

  /** What the engine opens its sockets with. */
  readonly openSocket: SocketFactory = async (options: SocketOptions): Promise<MediaSocket> => {
    const key = `${options.address}:${options.port}`;
    if (this.#receivers.has(key)) throw Object.assign(new Error("in use"), { code: "EADDRINUSE" });
    this.listen(options, options.onPacket);
    return {
      errors: 0,
      send: (packet, port, address) =>
        this.send(packet, { address: options.address, port: options.port }, { address, port }),
      close: async () => {
        this.#receivers.delete(key);
      },
    };
  };

  listen(at: MediaAddress, receiver: Receiver): void {
    this.#receivers.set(`${at.address}:${at.port}`, receiver);
  }

  get openSockets(): number {
    return this.#receivers.size;
  }

  send(packet: Uint8Array, from: MediaAddress, to: MediaAddress): void {
    this.#receivers.get(`${to.address}:${to.port}`)?.(Uint8Array.from(packet), from);
  }
}
