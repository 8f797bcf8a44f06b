// Addresses to listen on, several of them in one key and separated by commas. Pure; what is wrong is a StartError
// that names the key.
import { isIP } from "node:net";
import { canonicalAddress, StartError } from "#common";

const most = 16;

/** In the order given and in the form that the kernel writes. Throws StartError. */
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

function canonical(key: string, text: string): string {
  const address = canonicalAddress(text);
  if (address === undefined) throw new StartError(`${key} is not an IP address (it is "${text}")`);
  return address;
}
