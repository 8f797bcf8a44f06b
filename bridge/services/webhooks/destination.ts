// Where webhooks may be sent. A client that may create webhooks must not reach other machines in this network through
// them: unless it is allowed, every address that is not public is refused. A name is checked by the address that it
// resolves to when the connection is made, not earlier.
import { type LookupAddress, lookup as lookupName } from "node:dns";
import { isIP, type LookupFunction } from "node:net";
import { createNetworks, fail, ok, ParleyError, type Result } from "#common";

/** IANA's special-purpose registries (RFC 6890), multicast, and IPv6 that carries IPv4 somewhere else. */
const notPublic = createNetworks([
  ...["0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"],
  ...["192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15"],
  ...["198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"],
  ...["::/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16"],
  ...["3fff::/20", "5f00::/16", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8"],
]);

export const isPublicAddress = (address: string): boolean =>
  isIP(address) !== 0 && !notPublic.contains(address);

const maxUrlLength = 2000;

/** The URL in its normal form, or what is wrong with it. */
export function checkUrl(text: string, allowPrivate: boolean): Result<URL, string> {
  const url = text.length <= maxUrlLength && URL.canParse(text) ? new URL(text) : undefined;
  if (!url || (url.protocol !== "https:" && url.protocol !== "http:")) {
    return fail("url must be an http or https address");
  }
  if (url.username !== "" || url.password !== "") return fail("url must not hold a user name or a password");
  if (url.hash !== "") return fail("url must not have a fragment");
  const host = hostOf(url);
  const local = isIP(host) === 0 ? /(?:^|\.)localhost\.?$/.test(host) : !isPublicAddress(host);
  return local && !allowPrivate ? fail("url must not lead into a private network") : ok(url);
}

/** Without the brackets of an IPv6 literal. */
const hostOf = ({ hostname }: URL): string => hostname.replace(/^\[|\]$/g, "");

/** A literal never goes through `lookup`. Throws ADDRESS_NOT_ALLOWED. */
export function assertLiteralAllowed(url: URL, allowPrivate: boolean): void {
  const host = hostOf(url);
  if (!allowPrivate && isIP(host) !== 0 && !isPublicAddress(host)) throw notAllowed(host);
}

type LookUpAll = (
  name: string,
  options: { readonly all: true; readonly family?: number; readonly hints?: number },
  done: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

const systemLookUp: LookUpAll = (name, options, done) => lookupName(name, options, done);

/** For `lookup` of node:http: what it answers is what is connected to. One private address refuses the name. */
export function publicLookup(resolve: LookUpAll = systemLookUp): LookupFunction {
  return (name, options, done) => {
    const family = options.family === "IPv4" ? 4 : options.family === "IPv6" ? 6 : options.family;
    resolve(name, { all: true, ...(family !== undefined && { family }) }, (error, addresses) => {
      if (error) return done(error, []);
      const wrong = addresses.find(({ address }) => !isPublicAddress(address));
      if (wrong) return done(notAllowed(wrong.address), []);
      const [first] = addresses;
      if (!first) return done(new ParleyError("ENOTFOUND", "the name has no address"), []);
      if (options.all) done(null, addresses);
      else done(null, first.address, first.family);
    });
  };
}

const notAllowed = (address: string): ParleyError =>
  new ParleyError("ADDRESS_NOT_ALLOWED", `${address} is no public address`);
