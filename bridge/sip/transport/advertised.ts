// Our names: the address under which a peer can reach us, and the names used so far, because
// a response under any other name is not for us (RFC 3261 §18.1.2).
import { isIPv6 } from "node:net";
import { createNetworks, isTranslatedAddress, plainAddress } from "#common";
import type { Flow, SocketAddress } from "./transport.ts";

export interface AdvertisedAddressesOptions {
  readonly publicIpv4?: string | undefined;
  readonly publicIpv6?: string | undefined;
  /** For a machine behind several address translators: our address → the corresponding public one. */
  readonly publicOf?: ReadonlyMap<string, string> | undefined;
  /** CIDR. */
  readonly localNetworks: readonly string[];
}

/** More than a machine has addresses. */
const maxNames = 1024;

export interface AddressPath {
  /** Our end of the path. */
  readonly local: string;
  readonly remote: string;
}

/** The address that a peer is told: outside the local networks, the public one replaces an address that is not public. */
export function createAddressRule(options: AdvertisedAddressesOptions): (path: AddressPath) => string {
  const { publicIpv4, publicIpv6, publicOf } = options;
  const localNetworks = createNetworks(options.localNetworks);
  return ({ local, remote }) => {
    const own = plainAddress(local);
    if (localNetworks.contains(remote)) return own;
    const named = publicOf?.get(own);
    if (named !== undefined) return named;
    const outside = isIPv6(remote) ? publicIpv6 : publicIpv4;
    if (outside === undefined) return own;
    return localNetworks.contains(own) || isTranslatedAddress(own) ? outside : own;
  };
}

export class AdvertisedAddresses {
  readonly #addressFor: (path: AddressPath) => string;
  readonly #given = new Set<string>();

  constructor(options: AdvertisedAddressesOptions) {
    this.#addressFor = createAddressRule(options);
  }

  /** The address for Via and Contact; `port` is the one that we listen on. */
  advertise(flow: Flow, port: number): SocketAddress {
    const address = this.#addressFor({ local: flow.local.address, remote: flow.remote.address });
    if (this.#given.size < maxNames) this.#given.add(nameOf(address, port));
    return { address, port };
  }

  isOurs(host: string, port: number): boolean {
    return this.#given.has(nameOf(host, port));
  }
}

const nameOf = (host: string, port: number): string => `${host.toLowerCase()} ${port}`;
