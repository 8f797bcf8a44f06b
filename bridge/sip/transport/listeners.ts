// Chooses the listener that a message leaves from. A response and everything else on a known flow uses the
// listener of that flow; a new destination gets the one that fits its family and the system's route to it.
import { isIPv6 } from "node:net";
import { type Clock, ParleyError } from "#common";
import { LocalAddresses } from "./local-address.ts";
import type { ConnectionCounters, Destination, Flow, Protocol, Transport } from "./transport.ts";

/** Our address towards a remote one. Rejects when there is no route. */
export type FindRoute = (remote: string) => Promise<string>;

/** The current state of a listener. */
export interface ListenerState {
  readonly protocol: Protocol;
  /** Null: the sockets belong to the HTTP server. */
  readonly address: string | null;
  readonly port: number;
  /** Open connections by the side that opened them; 0 where there are none. */
  readonly connections: number;
}

const loopback = /^(?:127\.|::1$)/;

export class Listeners {
  readonly #transports: readonly Transport[];
  readonly #findRoute: FindRoute;

  constructor(transports: readonly Transport[], clock: Clock, findRoute?: FindRoute) {
    const routes = new LocalAddresses({ clock });
    this.#transports = transports;
    this.#findRoute = findRoute ?? ((remote) => routes.find(remote));
  }

  [Symbol.iterator](): Iterator<Transport> {
    return this.#transports[Symbol.iterator]();
  }

  /** The sums over all of them. */
  get connectionCounters(): ConnectionCounters {
    const closed: Record<string, number> = {};
    const sum = { open: { in: 0, out: 0 }, opened: 0, accepted: 0, refused: 0, closed };
    for (const { connectionCounters: one } of this.#transports) {
      if (!one) continue;
      sum.open.in += one.open.in;
      sum.open.out += one.open.out;
      sum.opened += one.opened;
      sum.accepted += one.accepted;
      sum.refused += one.refused;
      for (const [why, count] of Object.entries(one.closed)) closed[why] = (closed[why] ?? 0) + count;
    }
    return sum;
  }

  snapshot(): readonly ListenerState[] {
    return this.#transports.map(({ protocol, address, port, inboundOnly, connectionCounters }) => {
      const { in: inbound = 0, out: outbound = 0 } = connectionCounters?.open ?? {};
      return { protocol, address: inboundOnly ? null : address, port, connections: inbound + outbound };
    });
  }

  supports(protocol: Protocol, family: 4 | 6): boolean {
    return this.#transports.some(
      (transport) => transport.protocol === protocol && !transport.inboundOnly && speaks(transport, family),
    );
  }

  /** Throws NO_TRANSPORT. */
  of({ protocol, local }: Flow): Transport {
    const fitting = this.#fitting(protocol, local.address);
    const [first, ...others] = fitting;
    if (!first) throw notEnabled(protocol, local.address);
    if (others.length === 0) return first;
    const same = fitting.filter(({ address }) => address === local.address);
    const possible = same.length > 0 ? same : fitting.filter(isWildcard);
    return possible.find(({ port }) => port === local.port) ?? possible[0] ?? first;
  }

  /** Rejects with NO_TRANSPORT, or the system's error when there is no route. */
  async towards({ protocol, address }: Destination): Promise<Transport> {
    const fitting = this.#fitting(protocol, address);
    const [first, ...others] = fitting;
    if (!first) throw notEnabled(protocol, address);
    if (others.length === 0) return first;
    const ours = await this.#findRoute(address);
    const outward = fitting.find((transport) => loopback.test(transport.address) === loopback.test(address));
    return (
      fitting.find((transport) => transport.address === ours) ?? fitting.find(isWildcard) ?? outward ?? first
    );
  }

  #fitting(protocol: Protocol, address: string): Transport[] {
    const family = isIPv6(address) ? 6 : 4;
    return this.#transports.filter(
      (transport) => transport.protocol === protocol && speaks(transport, family),
    );
  }
}

const speaks = ({ families }: Transport, family: 4 | 6): boolean =>
  families === "both" || families === `IPv${family}`;

const isWildcard = ({ address }: Transport): boolean => address === "0.0.0.0" || address === "::";

const notEnabled = (protocol: Protocol, address: string): ParleyError =>
  new ParleyError("NO_TRANSPORT", `${protocol} is not enabled for ${isIPv6(address) ? "IPv6" : "IPv4"}`);
