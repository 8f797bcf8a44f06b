// Our addresses as peers see them: the `received` and `rport` that they write into the topmost Via of their responses (RFC
// 3581 §4), beside the address that we had written there. If the two differ, an address translator is in between.
import { isIP } from "node:net";
import { BoundedMap } from "#common";
import type { Via } from "../message/headers.ts";
import { defaultPortOf, type Flow, type SocketAddress } from "./transport.ts";

export interface ObservedAddress {
  /** The peer's address. */
  readonly peer: string;
  readonly seen: SocketAddress;
  readonly told: SocketAddress;
}

const maxPeers = 64;

export class ObservedAddresses {
  readonly #peers = new BoundedMap<string, ObservedAddress>({ most: maxPeers });

  /** `via`: the topmost Via of a response that is ours. Ignored when it has no `received`. */
  take(via: Via, { protocol, remote }: Flow): void {
    const address = via.params.get("received");
    if (address === undefined || isIP(address) === 0) return;
    const told = { address: via.host, port: via.port ?? defaultPortOf(protocol) };
    // The local port of a connection that we opened is arbitrary and says nothing.
    const port = protocol === "UDP" ? Number(via.params.get("rport")) || told.port : told.port;
    const { peer = remote.address, seen } = this.#peers.get(remote.address) ?? {};
    if (seen?.address === address && seen.port === port) return;
    this.#peers.set(remote.address, { peer, seen: { address, port }, told });
  }

  get all(): readonly ObservedAddress[] {
    return [...this.#peers.values()];
  }
}
