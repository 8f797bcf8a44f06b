// What we call ourselves: the address under which a peer can reach us, and which names we have given so far, because
// a response under any other is not for us (RFC 3261 §18.1.2).
import { isIPv6 } from "node:net";
import { createNetworks, type Networks, plainAddress, privateNetworks } from "#common";
import type { Flow, SocketAddress } from "./transport.ts";

export interface AdvertisedAddressesOptions {
  readonly publicIpv4?: string | undefined;
  readonly publicIpv6?: string | undefined;
  /** For a machine behind several address translators: our address → the public one that stands for it. */
  readonly publicOf?: ReadonlyMap<string, string> | undefined;
  /** CIDR. */
  readonly localNetworks: readonly string[];
}

/** More than a machine has addresses. */
const maxNames = 1024;
/** Addresses that are translated on their way to the outside; shared space (RFC 6598) is among them. */
const translated = createNetworks([...privateNetworks, "100.64.0.0/10"]);

export class AdvertisedAddresses {
  readonly #options: AdvertisedAddressesOptions;
  readonly #local: Networks;
  readonly #given = new Set<string>();

  constructor(options: AdvertisedAddressesOptions) {
    this.#options = options;
    this.#local = createNetworks(options.localNetworks);
  }

  /** For Via and Contact; `port` is the one that we listen on. */
  advertise(flow: Flow, port: number): SocketAddress {
    const address = this.#addressFor(flow);
    if (this.#given.size < maxNames) this.#given.add(nameOf(address, port));
    return { address, port };
  }

  isOurs(host: string, port: number): boolean {
    return this.#given.has(nameOf(host, port));
  }

  /** Outside, the public address stands for one of ours that is not public itself. */
  #addressFor({ local, remote }: Flow): string {
    const { publicIpv4, publicIpv6, publicOf } = this.#options;
    const own = plainAddress(local.address);
    if (this.#local.contains(remote.address)) return own;
    const named = publicOf?.get(own);
    if (named !== undefined) return named;
    const outside = isIPv6(remote.address) ? publicIpv6 : publicIpv4;
    if (outside === undefined) return own;
    return this.#local.contains(own) || translated.contains(own) ? outside : own;
  }
}

const nameOf = (host: string, port: number): string => `${host.toLowerCase()} ${port}`;
