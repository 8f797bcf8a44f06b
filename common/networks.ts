// Sets of IP networks, for the questions "may it call?" and "is it inside?". Matching is Node's BlockList.
import { BlockList, isIP } from "node:net";

export interface Networks {
  /** Whether the IPv4 or IPv6 literal lies in one of the networks; IPv4-mapped IPv6 counts as IPv4. */
  contains(address: string): boolean;
}

/** Splits `10.0.0.0/8` or `2001:db8::1`; undefined when it is neither an address nor a network. */
export function parseNetwork(text: string): { address: string; prefix: number; family: 4 | 6 } | undefined {
  const [address = "", prefixText, ...rest] = text.split("/");
  const family = isIP(address);
  if (family === 0 || rest.length > 0) return undefined;
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
      const plain = address.startsWith("::ffff:") && address.includes(".") ? address.slice(7) : address;
      const family = isIP(plain);
      return family !== 0 && list.check(plain, family === 4 ? "ipv4" : "ipv6");
    },
  };
}
