// Local and public addresses, several of them in one key and separated by commas. Pure; a wrong value is a StartError that
// names the key.
import { isIP } from "node:net";
import { canonicalAddress, StartError } from "#common";

const most = 16;

/** The addresses in their order, in canonical form. Throws StartError. */
export function listenAddresses(key: string, text: string): readonly string[] {
  const addresses = text.split(",").map((part) => canonical(key, part.trim()));
  if (addresses.length > most) throw new StartError(`${key} has more than ${most} addresses`);
  for (const [index, address] of addresses.entries()) {
    if (addresses.indexOf(address) !== index) throw new StartError(`${key} names ${address} twice`);
    const wildcard = isIP(address) === 4 ? "0.0.0.0" : "::";
    if (address !== wildcard && addresses.includes(wildcard)) {
      throw new StartError(`${key} names ${address}, which ${wildcard} covers already`);
    }
  }
  return addresses;
}

/** The public addresses: one for all local addresses, or one for each. */
export interface PublicAddresses {
  /** For local addresses that are not in `of`. */
  readonly any: string | undefined;
  /** Local address → public address. */
  readonly of: ReadonlyMap<string, string>;
  /** The public address of the machine as a whole. */
  readonly first: string | undefined;
}

/** `203.0.113.7` or `192.168.1.10=203.0.113.7, 10.20.0.5=198.51.100.9`; may be empty. Throws StartError. */
export function publicAddresses(key: string, text: string, family: 4 | 6): PublicAddresses {
  let any: string | undefined;
  const of = new Map<string, string>();
  const parts = text.trim() === "" ? [] : text.split(",");
  if (parts.length > most) throw new StartError(`${key} has more than ${most} addresses`);
  for (const part of parts) {
    const [first = "", second, ...rest] = part.split("=").map((side) => side.trim());
    if (rest.length > 0) throw new StartError(`${key}: "${part.trim()}" is not OURS=PUBLIC`);
    const address = ofFamily(key, second ?? first, family);
    const own = second === undefined ? undefined : ofFamily(key, first, family);
    if (own === undefined ? any !== undefined : of.has(own)) {
      throw new StartError(`${key} names two public addresses for ${own ?? "all of ours"}`);
    }
    if (own === undefined) any = address;
    else of.set(own, address);
  }
  const [named] = of.values();
  return { any, of, first: any ?? named };
}

function ofFamily(key: string, text: string, family: 4 | 6): string {
  const address = canonicalAddress(text);
  if (address === undefined || isIP(address) !== family) {
    throw new StartError(`${key} is not an IPv${family} address (it is "${text}")`);
  }
  return address;
}

function canonical(key: string, text: string): string {
  const address = canonicalAddress(text);
  if (address === undefined) throw new StartError(`${key} is not an IP address (it is "${text}")`);
  return address;
}
