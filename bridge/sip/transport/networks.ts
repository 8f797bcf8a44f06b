// Sets of IP networks in CIDR notation, and what an address is called when sources are counted. IPv4 addresses
// inside IPv6 ones are IPv4 addresses here.
import { BlockList, isIP } from "node:net";
import { ParleyError } from "#common";

/** Loopback, private, link-local and shared address space (RFC 1918, 3927, 4193, 4291, 6598). */
export const privateNetworks: readonly string[] = [
  ...["127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "100.64.0.0/10"],
  ...["::1/128", "fc00::/7", "fe80::/10"],
];

/** A predicate over addresses. Throws INVALID_NETWORK for what is neither a network nor an address. */
export function networkSet(networks: readonly string[]): (address: string) => boolean {
  const list = new BlockList();
  for (const network of networks) {
    const [address = "", bits] = network.split("/");
    const family = isIP(address);
    const full = family === 6 ? 128 : 32;
    const prefix = bits === undefined ? full : Number(bits);
    if (family === 0 || !/^\d*$/.test(bits ?? "") || bits === "" || prefix > full) {
      throw new ParleyError("INVALID_NETWORK", `${network} is not an IP network`);
    }
    list.addSubnet(address, prefix, family === 6 ? "ipv6" : "ipv4");
  }
  return (address) => {
    const plain = plainAddress(address);
    const family = isIP(plain);
    return family !== 0 && list.check(plain, family === 6 ? "ipv6" : "ipv4");
  };
}

/** Without an IPv6 zone, and as IPv4 where it is one in disguise. */
export function plainAddress(address: string): string {
  const zone = address.indexOf("%");
  return unmapped(zone < 0 ? address : address.slice(0, zone));
}

/** `::ffff:192.0.2.1`, as a dual-stack socket says it, is `192.0.2.1`. */
export const unmapped = (address: string): string =>
  address.startsWith("::ffff:") && address.includes(".") ? address.slice(7) : address;

/** Who is counted as one source: an IPv4 address, or the 64-bit network of an IPv6 one. */
export function sourceOf(address: string): string {
  const plain = plainAddress(address);
  if (!plain.includes(":")) return plain;
  const [head = "", tail] = plain.split("::");
  const groups = head === "" ? [] : head.split(":");
  const zeros = tail === undefined ? 0 : 8 - groups.length - (tail === "" ? 0 : tail.split(":").length);
  const all = [...groups, ...Array<string>(Math.max(zeros, 0)).fill("0"), ...(tail ?? "").split(":")];
  return `${all.slice(0, 4).join(":")}::/64`;
}
