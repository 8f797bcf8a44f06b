// A network in memory: hosts with addresses, datagrams that are lost, doubled, late and out of order by a seeded
// dice, connections that are none of this, and a log of everything that went over the wire. It moves only with
// the clock it is given.
import type { Clock } from "#common";
import type {
  Destination,
  Flow,
  Protocol,
  Receive,
  SocketAddress,
  Transport,
} from "../../bridge/sip/transport/transport.ts";

export interface Conditions {
  /** Probabilities from 0 to 1, of each datagram. */
  loss: number;
  duplication: number;
  /** Of being held back for up to `reorderMs`. */
  reordering: number;
  reorderMs: number;
  /** One way, milliseconds. */
  delayMs: number;
}

export interface WireEntry {
  /** Monotonic milliseconds of the clock, when it was sent. */
  readonly at: number;
  /** `10.0.0.1:5060` */
  readonly from: string;
  readonly to: string;
  readonly protocol: Protocol;
  /** `INVITE`, `200 INVITE`, or `raw` for what is not SIP. */
  readonly what: string;
  readonly text: string;
  readonly fate: "delivered" | "lost" | "unreachable" | "refused";
}

export interface HostOptions {
  /** The first is the one others usually know; `local` of a flow is the one most like the remote address. */
  readonly addresses: readonly [string, ...string[]];
  readonly protocol?: Protocol;
  readonly port?: number;
  readonly receive: Receive;
}

/** Uniform numbers from 0 to 1 (mulberry32): the same seed, the same dice. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export class MemoryNetwork {
  readonly conditions: Conditions = { loss: 0, duplication: 0, reordering: 0, reorderMs: 50, delayMs: 1 };
  readonly log: WireEntry[] = [];
  /** Asked for every datagram; true loses it. For losing exactly one thing. */
  lose: (entry: WireEntry) => boolean = () => false;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #hosts = new Map<string, MemoryTransport>();
  readonly #broken = new Map<string, Error>();
  #connections = 0;

  constructor(clock: Clock, seed = 1) {
    this.#clock = clock;
    this.#random = seededRandom(seed);
  }

  transport(options: HostOptions): Transport {
    return new MemoryTransport(this, options);
  }

  /** From now on sending to that address rejects with the error; without one it works again. */
  break(address: string, error?: Error): void {
    if (error) this.#broken.set(address, error);
    else this.#broken.delete(address);
  }

  /** `['10.0.0.1 > 10.0.0.2 INVITE', …]`, what was lost included. */
  summary(): string[] {
    return this.log.map((entry) => `${hostOf(entry.from)} > ${hostOf(entry.to)} ${entry.what}`);
  }

  /** When messages of that kind were sent, lost ones included. */
  times(what: string, from?: string): number[] {
    return this.log
      .filter((entry) => entry.what === what && (from === undefined || hostOf(entry.from) === from))
      .map((entry) => entry.at);
  }

  attach(host: MemoryTransport, addresses: readonly string[]): void {
    for (const address of addresses) {
      const key = keyOf(host.protocol, { address, port: host.port });
      if (this.#hosts.has(key)) throw systemError("EADDRINUSE", `${key} is taken`);
      this.#hosts.set(key, host);
    }
  }

  detach(host: MemoryTransport): void {
    for (const [key, attached] of this.#hosts) if (attached === host) this.#hosts.delete(key);
  }

  open(host: MemoryTransport, local: string, destination: Destination): Flow {
    const { protocol, address, port } = destination;
    const remote = { address, port };
    if (protocol === "UDP") {
      return { protocol, reliable: false, local: { address: local, port: host.port }, remote, id: "udp" };
    }
    if (!this.#hosts.has(keyOf(protocol, remote))) throw systemError("ECONNREFUSED", `${address}:${port}`);
    this.#connections += 1;
    const ephemeral = { address: local, port: 40_000 + this.#connections };
    const flow = {
      protocol,
      reliable: true,
      local: ephemeral,
      remote,
      id: `connection ${this.#connections}`,
    };
    host.connections.set(flow.id, flow);
    return flow;
  }

  send(from: MemoryTransport, data: Uint8Array, flow: Flow): void {
    const text = Buffer.from(data).toString();
    const note = (fate: WireEntry["fate"]): WireEntry => {
      const { protocol, local, remote } = flow;
      const what = describe(text);
      const at = this.#clock.monotonic();
      return { at, from: written(local), to: written(remote), protocol, what, text, fate };
    };
    const error = this.#broken.get(flow.remote.address);
    if (error) {
      this.log.push(note("refused"));
      throw error;
    }
    const host = flow.reliable ? this.#peerOf(from, flow) : this.#hosts.get(keyOf("UDP", flow.remote));
    if (!host) {
      this.log.push(note("unreachable"));
      if (flow.reliable) throw systemError("EPIPE", "the connection is gone");
      return;
    }
    const arriving = { ...flow, local: flow.remote, remote: flow.local };
    const entry = note("delivered");
    if (flow.reliable) {
      this.log.push(entry);
      this.#deliver(host, data, arriving, this.conditions.delayMs);
      return;
    }
    const { loss, duplication, reordering, reorderMs, delayMs } = this.conditions;
    if (this.lose(entry) || this.#random() < loss) {
      this.log.push(note("lost"));
      return;
    }
    this.log.push(entry);
    const copies = this.#random() < duplication ? 2 : 1;
    for (let copy = 0; copy < copies; copy += 1) {
      const late = this.#random() < reordering ? this.#random() * reorderMs : 0;
      this.#deliver(host, data, arriving, delayMs + late);
    }
  }

  #deliver(host: MemoryTransport, data: Uint8Array, flow: Flow, delayMs: number): void {
    this.#clock.after(delayMs, () => host.take(data.slice(), flow));
  }

  #peerOf(from: MemoryTransport, flow: Flow): MemoryTransport | undefined {
    if (!from.connections.has(flow.id)) return undefined;
    const listening = this.#hosts.get(keyOf(flow.protocol, flow.remote));
    const peer =
      listening ?? [...this.#hosts.values()].find((host) => host !== from && host.connections.has(flow.id));
    if (peer && !peer.connections.has(flow.id)) {
      peer.connections.set(flow.id, { ...flow, local: flow.remote, remote: flow.local });
    }
    return peer;
  }
}

class MemoryTransport implements Transport {
  readonly protocol: Protocol;
  readonly address: string;
  readonly families: Transport["families"];
  readonly port: number;
  readonly connections = new Map<string, Flow>();
  readonly #network: MemoryNetwork;
  readonly #addresses: readonly [string, ...string[]];
  readonly #receive: Receive;
  #state: "new" | "listening" | "closed" = "new";

  constructor(network: MemoryNetwork, options: HostOptions) {
    this.#network = network;
    this.protocol = options.protocol ?? "UDP";
    this.port = options.port ?? 5060;
    const [address, ...others] = options.addresses;
    this.address = others.length === 0 ? address : "::";
    this.families = others.length > 0 ? "both" : address.includes(":") ? "IPv6" : "IPv4";
    this.#addresses = options.addresses;
    this.#receive = options.receive;
  }

  async listen(): Promise<void> {
    this.#network.attach(this, this.#addresses);
    this.#state = "listening";
  }

  async connect(destination: Destination): Promise<Flow> {
    return this.#network.open(this, nearest(this.#addresses, destination.address), destination);
  }

  async send(data: Uint8Array, flow: Flow): Promise<void> {
    if (this.#state !== "listening") throw systemError("ERR_SOCKET_DGRAM_NOT_RUNNING", "not running");
    this.#network.send(this, data, flow);
  }

  async close(): Promise<void> {
    this.#state = "closed";
    this.connections.clear();
    this.#network.detach(this);
  }

  take(data: Uint8Array, flow: Flow): void {
    if (this.#state === "listening") this.#receive(data, flow);
  }
}

function nearest(addresses: readonly [string, ...string[]], remote: string): string {
  const common = (address: string) => {
    let length = 0;
    while (length < address.length && address[length] === remote[length]) length += 1;
    return length;
  };
  return addresses.reduce((best, address) => (common(address) > common(best) ? address : best));
}

function describe(text: string): string {
  const method = /^([A-Z]+) \S+ SIP\/2\.0\r\n/.exec(text)?.[1];
  if (method !== undefined) return method;
  const status = /^SIP\/2\.0 (\d{3})/.exec(text)?.[1];
  return status === undefined ? "raw" : `${status} ${/^CSeq: \d+ (\S+)/im.exec(text)?.[1] ?? "?"}`;
}

const written = ({ address, port }: SocketAddress): string =>
  address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;

const hostOf = (endpoint: string): string => endpoint.replace(/:\d+$/, "");

const keyOf = (protocol: Protocol, { address, port }: SocketAddress): string =>
  `${protocol} ${address} ${port}`;

const systemError = (code: string, message: string): Error =>
  Object.assign(new Error(`${code}: ${message}`), { code });
