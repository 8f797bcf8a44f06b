// The phone's SIP socket: sends messages, repeats a request until it is answered (RFC 3261 §17.1 over UDP), and
// gives every other message to the call that it belongs to.
import { randomBytes } from "node:crypto";
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { branchOf, cseqOf, type Message, parseMessage } from "./message.ts";

export interface Address {
  readonly address: string;
  readonly port: number;
}

/** A request under way: told of every response, repeated until the first. */
export interface Sent {
  readonly branch: string;
  readonly onResponse: (response: Message) => void;
  stopRepeating(): void;
}

export const token = (): string => randomBytes(8).toString("hex");

const firstRepeatMs = 500;
const slowestRepeatMs = 4000;

export class Wire {
  /** Requests that come in, and 200s whose transaction is over. */
  onMessage: (message: Message, from: Address) => void = () => {};
  /** Every message, for a test that fails: `>` sent, `<` received. Bounded. */
  readonly trace: string[] = [];
  readonly #socket: Socket;
  readonly #sent = new Map<string, Sent>();
  #closed = false;

  static async open(address = "127.0.0.1"): Promise<Wire> {
    const socket = createSocket("udp4");
    socket.bind(0, address);
    await once(socket, "listening");
    return new Wire(socket);
  }

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("message", (data, from) => this.#receive(data.toString("utf8"), from));
    // A server that is gone is seen by the answers that do not come.
    socket.on("error", () => {});
  }

  get local(): Address {
    return { address: "127.0.0.1", port: this.#socket.address().port };
  }

  send(text: string, to: Address): void {
    if (this.#closed) return;
    this.#note(">", text);
    this.#socket.send(text, to.port, to.address);
  }

  /** `text` must carry the branch given. `CANCEL` shares its branch with the INVITE, so the method is part of the key. */
  request(
    text: string,
    options: {
      readonly method: string;
      readonly branch: string;
      readonly to: Address;
      readonly onResponse: (response: Message) => void;
    },
  ): Sent {
    const key = `${options.branch} ${options.method}`;
    let timer: NodeJS.Timeout | undefined;
    let waitMs = firstRepeatMs;
    const repeat = () => {
      this.send(text, options.to);
      timer = setTimeout(repeat, waitMs);
      timer.unref();
      waitMs = Math.min(waitMs * 2, slowestRepeatMs);
    };
    const sent: Sent = {
      branch: options.branch,
      onResponse: options.onResponse,
      stopRepeating: () => clearTimeout(timer),
    };
    this.#sent.set(key, sent);
    repeat();
    return sent;
  }

  /** The first lines of the last messages. */
  recent(): string {
    return this.trace
      .slice(-6)
      .map((text) => text.split("\r\n")[0])
      .join(" | ");
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const sent of this.#sent.values()) sent.stopRepeating();
    this.#socket.close();
  }

  #receive(text: string, from: Address): void {
    const message = parseMessage(text);
    if (!message) return;
    this.#note("<", text);
    if (message.status === undefined) {
      this.onMessage(message, from);
      return;
    }
    const sent = this.#sent.get(`${branchOf(message)} ${cseqOf(message).method}`);
    if (!sent) return;
    sent.stopRepeating();
    sent.onResponse(message);
  }

  #note(direction: string, text: string): void {
    this.trace.push(`${direction} ${text}`);
    if (this.trace.length > 200) this.trace.shift();
  }
}
