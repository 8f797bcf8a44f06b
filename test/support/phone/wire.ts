// The phone's SIP messages: sends them, repeats a request over UDP until it is answered (RFC 3261 §17.1), and gives
// every other message to the call that it belongs to.
import { randomBytes } from "node:crypto";
import { type Address, type Arrived, type Carrier, connectTcp, openUdp } from "./carrier.ts";
import { branchOf, cseqOf, type Message, parseMessage } from "./message.ts";

export type { Address } from "./carrier.ts";

export interface WireOptions {
  /** Of ours; the loopback interface by default. Over TCP the system chooses it. */
  readonly address?: string;
  /** One TCP connection to this server instead of a UDP socket. */
  readonly tcpTo?: Address;
  /** Or whatever this opens. */
  readonly carrier?: OpenCarrier;
}

export type OpenCarrier = (arrived: Arrived) => Promise<Carrier>;

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
  /** Told of each of them as it passes. */
  onTrace: (text: string) => void = () => {};
  readonly #carrier: Carrier;
  readonly #sent = new Map<string, Sent>();
  #closed = false;

  /** Rejects with the system's error when there is no connection. */
  static async open({ address = "127.0.0.1", tcpTo, carrier }: WireOptions = {}): Promise<Wire> {
    let wire: Wire | undefined;
    const arrived: Arrived = (text, from) => {
      if (wire) wire.#receive(text, from);
    };
    const open = carrier ?? ((take) => (tcpTo ? connectTcp(tcpTo, take) : openUdp(address, take)));
    wire = new Wire(await open(arrived));
    return wire;
  }

  private constructor(carrier: Carrier) {
    this.#carrier = carrier;
  }

  get local(): Address {
    return this.#carrier.local;
  }

  /** The value of the Via of a request of ours. */
  via(branch: string): string {
    return `SIP/2.0/${this.#carrier.protocol} ${this.#host};branch=${branch};rport`;
  }

  /** Where `user` is reached, as a Contact says it. */
  contact(user: string): string {
    const { protocol } = this.#carrier;
    const transport = protocol === "WSS" ? "ws" : protocol.toLowerCase();
    return `<sip:${user}@${this.#host}${protocol === "UDP" ? "" : `;transport=${transport}`}>`;
  }

  get #host(): string {
    const { name, local } = this.#carrier;
    return name ?? `${local.address}:${local.port}`;
  }

  send(text: string, to: Address): void {
    if (this.#closed) return;
    this.#note(">", text);
    this.#carrier.send(text, to);
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
    if (this.#carrier.protocol === "UDP") repeat();
    else this.send(text, options.to);
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
    this.#carrier.close();
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
    this.onTrace(`${direction} ${text}`);
    if (this.trace.length > 200) this.trace.shift();
  }
}
