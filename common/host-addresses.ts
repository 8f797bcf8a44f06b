// The addresses behind a host name: as /etc/hosts has them, else as the DNS knows them, else as the machine itself finds
// them (short names of the local network). That there is nothing is an empty list; a server that does not answer an error.
import { lookup, Resolver } from "node:dns/promises";
import { errorCode } from "./errors.ts";
import { hostsFileAddresses } from "./hosts-file.ts";

export interface HostAddress {
  readonly address: string;
  /** Seconds; unknown for what does not come from the DNS. */
  readonly ttl?: number;
}

export interface HostQuestion {
  readonly name: string;
  readonly family: 4 | 6;
  /** How long one name server may take; it is asked twice. */
  readonly serverMs: number;
}

export async function findHostAddresses({
  name,
  family,
  serverMs,
}: HostQuestion): Promise<readonly HostAddress[]> {
  const listed = await hostsFileAddresses(name, family);
  if (listed.length > 0) return listed.map((address) => ({ address }));
  const resolver = createResolver(serverMs);
  const options = { ttl: true } as const;
  const found = await emptyWithoutServer(
    family === 4 ? resolver.resolve4(name, options) : resolver.resolve6(name, options),
  );
  return found.length > 0 ? found : emptyWithoutServer(lookup(name, { family, all: true }));
}

/** A new one for each question: the addresses of the name servers may have changed. */
export const createResolver = (serverMs: number): Resolver => new Resolver({ timeout: serverMs, tries: 2 });

const nothing = new Set([
  "ENOTFOUND",
  "ENODATA",
  "EAI_NODATA",
  "EAI_NONAME",
  "EAI_ADDRFAMILY",
  "ECONNREFUSED",
]);

/** Where no name server listens (a network without one), there is nothing to be found in the DNS either. */
export async function emptyWithoutServer<Record>(
  question: Promise<readonly Record[]>,
): Promise<readonly Record[]> {
  try {
    return await question;
  } catch (error) {
    if (nothing.has(errorCode(error) ?? "")) return [];
    throw error;
  }
}
