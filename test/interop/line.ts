// A line between a phone and the bridge that loses or changes what a test wants. It passes datagrams on from one port: the
// bridge hears the phone from there, and answers there because the phone asks for that (rport, RFC 3581).
import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import { once } from "node:events";
import type { Address } from "../support/phone/index.ts";

export interface LineOptions {
  readonly server: Address;
  /** What becomes of a message to the phone; undefined loses it. Default: nothing. */
  readonly carry?: (message: string) => string | undefined;
  /** How often a message to the bridge is delivered. Default: once. */
  readonly copies?: (message: string) => number;
}

export class Line {
  readonly address: Address;
  /** How many messages it has lost. */
  lost = 0;
  readonly #socket: Socket;
  readonly #options: LineOptions;
  #phone: RemoteInfo | undefined;

  static async open(options: LineOptions): Promise<Line> {
    const socket = createSocket("udp4").bind(0, "127.0.0.1");
    await once(socket, "listening");
    return new Line(socket, options);
  }

  private constructor(socket: Socket, options: LineOptions) {
    this.#socket = socket;
    this.#options = options;
    this.address = { address: "127.0.0.1", port: socket.address().port };
    socket.on("message", (data, from) => this.#pass(data, from));
  }

  close(): Promise<void> {
    return new Promise((closed) => this.#socket.close(() => closed()));
  }

  #pass(data: Buffer, from: RemoteInfo): void {
    const { server, carry = (message) => message, copies = () => 1 } = this.#options;
    const text = data.toString("latin1");
    if (from.port !== server.port) {
      this.#phone = from;
      for (let copy = copies(text); copy > 0; copy -= 1) this.#socket.send(data, server.port, server.address);
      return;
    }
    const message = carry(text);
    if (message === undefined) this.lost += 1;
    else if (this.#phone)
      this.#socket.send(Buffer.from(message, "latin1"), this.#phone.port, this.#phone.address);
  }
}
