// Resolves host names: by /etc/hosts, else by the DNS, else by the system's resolver (short names of the local network). A name
// without addresses gives an empty list; a server that does not answer gives an error.
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
  /** The time limit of one name server, milliseconds; it is asked twice. */
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

/** Resolves with an empty list when no name server listens, as in a network without one. */
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
