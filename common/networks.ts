// IP addresses and sets of IP networks, for access lists, NAT and rate limits by source. Matching uses Node's BlockList. A zone
// (`fe80::1%eth0`) names a link of this machine and is no part of the address; an IPv4-mapped IPv6 address is an IPv4 address.
import { BlockList, isIP, SocketAddress } from "node:net";

export interface Networks {
  /** Whether the IPv4 or IPv6 literal lies in one of the networks. */
  contains(address: string): boolean;
}

/** Loopback, private and link-local ranges (RFC 1918, 3927, 4193, 4291). */
export const privateNetworks: readonly string[] = [
  "127.0.0.0/8",
  "10.0.0.0/8",
  "172.16.0.0/12",
  "192.168.0.0/16",
  "169.254.0.0/16",
  "::1/128",
  "fc00::/7",
  "fe80::/10",
];

/** Splits `10.0.0.0/8` or `2001:db8::1`; undefined when it is neither an address nor a network. */
export function parseNetwork(text: string): { address: string; prefix: number; family: 4 | 6 } | undefined {
  const [address = "", prefixText, ...rest] = text.split("/");
  const family = isIP(address);
  if (family === 0 || rest.length > 0 || address.includes("%")) return undefined;
  const bits = family === 4 ? 32 : 128;
  if (prefixText === undefined) return { address, prefix: bits, family: family === 4 ? 4 : 6 };
  const prefix = Number(prefixText);
  if (!/^\d{1,3}$/.test(prefixText) || prefix > bits) return undefined;
  return { address, prefix, family: family === 4 ? 4 : 6 };
}

/** Throws a RangeError that names the entry which is no network. */
export function createNetworks(cidrs: readonly string[]): Networks {
  const list = new BlockList();
  for (const cidr of cidrs) {
    const network = parseNetwork(cidr);
    if (!network) throw new RangeError(`"${cidr}" is not an IP address or network`);
    list.addSubnet(network.address, network.prefix, network.family === 4 ? "ipv4" : "ipv6");
  }
  return {
    contains(address) {
      const plain = plainAddress(address);
      const family = isIP(plain);
      return family !== 0 && list.check(plain, family === 4 ? "ipv4" : "ipv6");
    },
  };
}

const translatedNetworks = createNetworks([...privateNetworks, "100.64.0.0/10"]);

/** Whether an address is translated on its way to the outside: a private one, or of the space that carriers share (RFC 6598). */
export const isTranslatedAddress = (address: string): boolean => translatedNetworks.contains(address);

/** As the kernel writes it: `2001:DB8:0::1` is `2001:db8::1`. Undefined when it is no address. */
export function canonicalAddress(text: string): string | undefined {
  const address = unmapped(text);
  const family = isIP(address);
  if (family === 0) return undefined;
  const [plain, zone] = address.split("%");
  const written = new SocketAddress({ address: plain, family: family === 4 ? "ipv4" : "ipv6" }).address;
  return zone === undefined ? written : `${written}%${zone}`;
}

/** Without a zone, and as IPv4 where it is an IPv4-mapped IPv6 address. */
export function plainAddress(address: string): string {
  const zone = address.indexOf("%");
  return unmapped(zone < 0 ? address : address.slice(0, zone));
}

/** `::ffff:192.0.2.1`, as a dual-stack socket says it, is `192.0.2.1`. */
export const unmapped = (address: string): string =>
  address.startsWith("::ffff:") && address.includes(".") ? address.slice(7) : address;

/** The source that an address is counted as: an IPv4 address, or the 64-bit network of an IPv6 one. */
export function sourceOf(address: string): string {
  const plain = plainAddress(address);
  if (!plain.includes(":")) return plain;
  const [head = "", tail] = plain.split("::");
  const groups = head === "" ? [] : head.split(":");
  const zeros = tail === undefined ? 0 : 8 - groups.length - (tail === "" ? 0 : tail.split(":").length);
  const all = [...groups, ...Array<string>(Math.max(zeros, 0)).fill("0"), ...(tail ?? "").split(":")];
  return `${all.slice(0, 4).join(":")}::/64`;
}
