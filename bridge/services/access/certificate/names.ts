// What a certificate of our own making is good for: this machine's name, localhost, its addresses and the public ones.
import { hostname, networkInterfaces } from "node:os";
import { canonicalAddress } from "#common";

export interface MachineNames {
  /** Those that a certificate must have: without one of them a new one is made. */
  readonly required: readonly string[];
  /** The required ones first, then the addresses of the interfaces, which come and go. */
  readonly all: readonly string[];
}

const maxNames = 50;

/** Empty public addresses are none. */
export function machineNames(publicAddresses: readonly string[]): MachineNames {
  const host = hostname().toLowerCase();
  const given = publicAddresses.flatMap((address) => canonicalAddress(address) ?? []);
  const required = [...(isHostname(host) ? [host] : []), "localhost", "127.0.0.1", "::1", ...given];
  const interfaces = Object.values(networkInterfaces())
    .flatMap((addresses = []) => addresses)
    .filter(({ internal }) => !internal)
    // A zone means nothing to another machine.
    .flatMap(({ address }) => (address.startsWith("fe80:") ? [] : (canonicalAddress(address) ?? [])));
  const unique = [...new Set([...required, ...interfaces])];
  return { required: [...new Set(required)], all: unique.slice(0, maxNames) };
}

const isHostname = (text: string): boolean =>
  text.length <= 253 && /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/.test(text);
