// From a SIP URI to addresses, best first (RFC 3263 §4.1 and §4.2, with both families by RFC 7984).
//
//   literal ─────────────────────────────────────────▶ one destination
//   name with port ──────────────────▶ A, AAAA ──────▶ …
//   name ──▶ NAPTR ──▶ SRV ──────────▶ A, AAAA ──────▶ …     (a transport that is named skips NAPTR)

import { isIP } from "node:net";
import { type Clock, DnsCache, type HostAddress, plainAddress } from "#common";
import type { SipUri } from "../message/uri.ts";
import { type Destination, defaultPortOf, type Protocol } from "../transport/transport.ts";
import type { Dns, NaptrRecord, SrvRecord } from "./dns.ts";
import { orderSrv } from "./order-srv.ts";

export interface ResolverOptions {
  readonly clock: Clock;
  readonly dns: Dns;
  /** From 0 up to 1. */
  readonly random: () => number;
  /** Whether we can use that protocol with that address family; other destinations are skipped. */
  supports(protocol: Protocol, family: 4 | 6): boolean;
}

/** A transport of a domain, and the name of its SRV records. */
interface Service {
  readonly protocol: Protocol;
  readonly name: string;
}

const maxDestinations = 16;
const maxServers = 16;
/** Our order among transports that a domain offers without stating a preference. */
const preferred: readonly Protocol[] = ["UDP", "TCP", "TLS"];
const srvPrefix: Partial<Record<Protocol, string>> = {
  UDP: "_sip._udp.",
  TCP: "_sip._tcp.",
  TLS: "_sips._tcp.",
};
const naptrServices: Readonly<Record<string, Protocol>> = {
  "sip+d2u": "UDP",
  "sip+d2t": "TCP",
  "sips+d2t": "TLS",
};
const families = [6, 4] as const;

export class Resolver {
  readonly #options: ResolverOptions;
  readonly #naptr: DnsCache<NaptrRecord>;
  readonly #srv: DnsCache<SrvRecord>;
  readonly #addresses: Readonly<Record<4 | 6, DnsCache<HostAddress>>>;

  constructor(options: ResolverOptions) {
    const { clock, dns } = options;
    const addresses = (family: 4 | 6) =>
      new DnsCache({ clock, ask: (name) => dns.addresses(name, family), ttlOf: ({ ttl }) => ttl });
    this.#options = options;
    this.#naptr = new DnsCache({ clock, ask: (name) => dns.naptr(name) });
    this.#srv = new DnsCache({ clock, ask: (name) => dns.srv(name) });
    this.#addresses = { 4: addresses(4), 6: addresses(6) };
  }

  /** Empty when the name resolves to nothing. */
  async destinations(uri: SipUri): Promise<readonly Destination[]> {
    const host = (uri.params.get("maddr") ?? uri.host).replace(/\.$/, "");
    const named = namedProtocol(uri);
    const protocol = protocolOf(uri);
    const port = uri.port ?? defaultPortOf(protocol);
    if (isIP(host)) {
      const address = isIP(plainAddress(host)) === 4 ? plainAddress(host) : host;
      return [withHost({ address, port, protocol }, uri)];
    }
    const served = uri.port === undefined ? await this.#fromSrv(host, uri, named) : undefined;
    const found = served ?? (await this.#at(host, port, protocol));
    return distinct(found.map((destination) => withHost(destination, uri)));
  }

  /** The destinations of the SRV records; undefined when the domain has none. */
  async #fromSrv(host: string, uri: SipUri, named: Protocol | undefined): Promise<Destination[] | undefined> {
    const services = named ? servicesOf(host, [named]) : await this.#services(host, uri.scheme === "sips");
    const answers = await Promise.all(
      services.map(async ({ protocol, name }) => ({ protocol, records: await this.#srv.of(name) })),
    );
    if (answers.every(({ records }) => records.length === 0)) return undefined;
    const servers = answers
      .flatMap(({ protocol, records }) =>
        orderSrv(records, this.#options.random).map(({ name, port }) => ({ protocol, name, port })),
      )
      .filter(({ name }) => name !== "" && name !== ".");
    const found = await Promise.all(
      servers.slice(0, maxServers).map(({ name, port, protocol }) => this.#at(name, port, protocol)),
    );
    return found.flat();
  }

  /** The transports that both the domain and we support, in the domain's order of preference. */
  async #services(host: string, secure: boolean): Promise<readonly Service[]> {
    const records = await this.#naptr.of(host);
    const offered = records
      .toSorted((a, b) => a.order - b.order || a.preference - b.preference)
      .filter(({ flags, replacement }) => flags.toLowerCase() === "s" && replacement !== "")
      .flatMap(({ service, replacement }) => {
        const protocol = naptrServices[service.toLowerCase()];
        return protocol ? [{ protocol, name: replacement }] : [];
      })
      .filter(({ protocol }) => this.#speaks(protocol) && (!secure || protocol === "TLS"));
    if (offered.length > 0) return offered;
    return servicesOf(
      host,
      preferred.filter((protocol) => this.#speaks(protocol) && (!secure || protocol === "TLS")),
    );
  }

  async #at(name: string, port: number, protocol: Protocol): Promise<Destination[]> {
    if (isIP(name)) return [{ address: name, port, protocol }];
    const spoken = families.filter((family) => this.#options.supports(protocol, family));
    const found = await Promise.all(spoken.map((family) => this.#addresses[family].of(name)));
    return found.flat().map(({ address }) => ({ address, port, protocol }));
  }

  #speaks(protocol: Protocol): boolean {
    return families.some((family) => this.#options.supports(protocol, family));
  }
}

/** The transport of a URI that leads to an address, or names its port (RFC 3263 §4.1). */
export const protocolOf = (uri: SipUri): Protocol =>
  namedProtocol(uri) ?? (uri.scheme === "sips" ? "TLS" : "UDP");

/** The transport that the URI names. */
function namedProtocol({ params, scheme }: SipUri): Protocol | undefined {
  const asked = params.get("transport")?.toUpperCase();
  if (asked === "WS" || asked === "WSS") return scheme === "sips" ? "WSS" : asked;
  if (asked === "TLS" || (asked === "TCP" && scheme === "sips")) return "TLS";
  return asked === "UDP" || asked === "TCP" ? asked : undefined;
}

const servicesOf = (host: string, protocols: readonly Protocol[]): Service[] =>
  protocols.flatMap((protocol) => {
    const prefix = srvPrefix[protocol];
    return prefix === undefined ? [] : [{ protocol, name: prefix + host }];
  });

/** The certificate of a domain's server must be for the domain, not for the server's own name (RFC 5922 §4). */
const withHost = (destination: Destination, { host }: SipUri): Destination =>
  destination.protocol === "TLS"
    ? { ...destination, host: host.replace(/\.$/, "").toLowerCase() }
    : destination;

export const destinationKey = ({ protocol, address, port }: Destination): string =>
  `${protocol} ${address} ${port}`;

function distinct(destinations: readonly Destination[]): readonly Destination[] {
  const byKey = new Map(destinations.map((one) => [destinationKey(one), one]));
  return [...byKey.values()].slice(0, maxDestinations);
}
