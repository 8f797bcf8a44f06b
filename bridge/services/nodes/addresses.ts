// The addresses that the built-in server shows of itself, one of each family: the configured public one, else the one
// it listens on, else the first of the machine's interfaces when it listens on all of them. Pure.
import { isIP } from "node:net";
import type { NetworkInterfaceInfo } from "node:os";
import type { Server } from "./types.ts";

export interface AddressSources {
  /** Of the configuration; null: none. */
  readonly published: Pick<Server, "ipv4" | "ipv6">;
  /** Where SIP listens. */
  readonly listening: readonly string[];
  /** As the operating system lists them. */
  readonly interfaces: Readonly<Record<string, readonly NetworkInterfaceInfo[] | undefined>>;
}

export function serverAddresses(sources: AddressSources): Pick<Server, "ipv4" | "ipv6"> {
  const { ipv4, ipv6 } = sources.published;
  return { ipv4: ipv4 ?? addressOf(4, sources), ipv6: ipv6 ?? addressOf(6, sources) };
}

function addressOf(family: 4 | 6, { listening, interfaces }: AddressSources): string | null {
  const wildcard = family === 4 ? "0.0.0.0" : "::";
  const loopback = family === 4 ? "127.0.0.1" : "::1";
  const own = listening.filter((address) => isIP(address) === family);
  if (own.length === 0) return null;
  if (!own.includes(wildcard)) return own.find((address) => address !== loopback) ?? own[0]!;
  const outward = Object.values(interfaces)
    .flatMap((addresses = []) => addresses)
    .filter(({ internal, address }) => !internal && isIP(address) === family)
    // A link-local address means nothing to another machine.
    .find(({ address }) => !address.startsWith("fe80:"));
  return outward?.address ?? loopback;
}
