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
    const receiver: Receiver = (packet, from) => options.onPacket(packet, from);
    this.listen(options, receiver);
    const isOpen = () => this.#receivers.get(key) === receiver;
    return {
      send: (packet, port, address) => {
        if (isOpen()) this.send(packet, { address: options.address, port: options.port }, { address, port });
      },
      close: async () => {
        if (isOpen()) this.#receivers.delete(key);
      },
    };
  };

  /** The process dies that has sockets of that address: nothing is heard there, and nothing comes from them any more. */
  vanish(address: string): void {
    for (const key of this.#receivers.keys()) if (key.startsWith(`${address}:`)) this.#receivers.delete(key);
  }

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
