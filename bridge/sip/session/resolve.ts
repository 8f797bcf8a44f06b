// The address behind a SIP URI (RFC 3263 §4.2, without the look-up of NAPTR and SRV records): literals as they
// stand, names through the resolver that is handed in.
import { lookup as systemLookup } from "node:dns/promises";
import { isIP } from "node:net";
import type { Destination } from "../transport/transport.ts";
import type { SipUri } from "../uri.ts";
import { protocolOf } from "./path.ts";

/** The addresses of a host name, best first. */
export type Lookup = (host: string) => Promise<readonly string[]>;

export const lookupBySystem: Lookup = async (host) => {
  const found = await systemLookup(host, { all: true });
  return found.map(({ address }) => address);
};

export function createResolver(lookup: Lookup): (uri: SipUri) => Promise<Destination | undefined> {
  return async (uri) => {
    const protocol = protocolOf(uri);
    const host = uri.params.get("maddr") ?? uri.host;
    const address = isIP(host) ? host : (await lookup(host))[0];
    if (address === undefined) return undefined;
    return { address, port: uri.port ?? (protocol === "TLS" || protocol === "WSS" ? 5061 : 5060), protocol };
  };
}
