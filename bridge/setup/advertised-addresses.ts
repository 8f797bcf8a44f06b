// What peers are told as our address, from the words of the configuration.
import { type Config, publicAddresses } from "#config";
import type { AdvertisedAddressesOptions } from "#sip";

export interface AdvertisedAddressSettings extends AdvertisedAddressesOptions {
  /** Those that stand for the machine as a whole. */
  readonly publicAddress: { readonly ipv4: string | null; readonly ipv6: string | null };
}

/** Under which others reach this machine. */
export function allPublicAddresses({ node }: Pick<Config, "node">): readonly string[] {
  return publicAddressesOf(node).flatMap(({ any, of }) => [
    ...(any === undefined ? [] : [any]),
    ...of.values(),
  ]);
}

export function advertisedAddresses({ node }: Pick<Config, "node">): AdvertisedAddressSettings {
  const [ipv4, ipv6] = publicAddressesOf(node);
  return {
    publicIpv4: ipv4.any,
    publicIpv6: ipv6.any,
    publicOf: new Map([...ipv4.of, ...ipv6.of]),
    localNetworks: node.local_networks,
    publicAddress: { ipv4: ipv4.first ?? null, ipv6: ipv6.first ?? null },
  };
}

const publicAddressesOf = ({ public_ipv4, public_ipv6 }: Config["node"]) =>
  [
    publicAddresses("node.public_ipv4", public_ipv4, 4),
    publicAddresses("node.public_ipv6", public_ipv6, 6),
  ] as const;
