// Puts the TCP connections of a program that speaks no TLS, such as the distribution's SIPp, into TLS connections to a server.
import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { connect } from "node:tls";
import type { Address } from "../support/phone/index.ts";

export class TlsCarrier {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  static async open(target: Address): Promise<TlsCarrier> {
    const carrier = new TlsCarrier(target);
    carrier.#server.listen(0, "127.0.0.1");
    await once(carrier.#server, "listening");
    return carrier;
  }

  private constructor({ address: host, port }: Address) {
    this.#server = createServer((plain) => {
      // Who has signed the certificate is not what is tested by it.
      const secure = connect({ host, port, rejectUnauthorized: false });
      for (const [socket, other] of [
        [plain, secure],
        [secure, plain],
      ] as const) {
        this.#sockets.add(socket);
        socket.on("error", () => other.destroy()).on("close", () => this.#sockets.delete(socket));
        socket.pipe(other);
      }
    });
  }

  /** Where it takes connections. */
  get address(): Address {
    return { address: "127.0.0.1", port: (this.#server.address() as AddressInfo).port };
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
  }
}
