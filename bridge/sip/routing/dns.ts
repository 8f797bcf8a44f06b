// Questions to the DNS as routing asks them, and the system's resolver behind them. That there is nothing is an
// empty list; a server that does not answer is an error.
import { lookup, Resolver } from "node:dns/promises";
import { errorCode, hostsFileAddresses } from "#common";

export interface NaptrRecord {
  readonly order: number;
  readonly preference: number;
  readonly flags: string;
  readonly service: string;
  /** The name of SRV records. */
  readonly replacement: string;
}

export interface SrvRecord {
  readonly priority: number;
  readonly weight: number;
  readonly port: number;
  /** Empty or `.`: the service is decidedly not to be had here. */
  readonly name: string;
}

export interface AddressRecord {
  readonly address: string;
  /** Seconds; unknown for what does not come from the DNS. */
  readonly ttl?: number;
}

export interface Dns {
  naptr(name: string): Promise<readonly NaptrRecord[]>;
  srv(name: string): Promise<readonly SrvRecord[]>;
  addresses(name: string, family: 4 | 6): Promise<readonly AddressRecord[]>;
}

/** Names in /etc/hosts come first; short names of the local network are found too, after what the DNS knows. */
export const systemDns: Dns = {
  naptr: (name) => orNothing(asker().resolveNaptr(name)),
  srv: (name) => orNothing(asker().resolveSrv(name)),
  async addresses(name, family) {
    const listed = await hostsFileAddresses(name, family);
    if (listed.length > 0) return listed.map((address) => ({ address }));
    const found = await orNothing(
      family === 4 ? asker().resolve4(name, { ttl: true }) : asker().resolve6(name, { ttl: true }),
    );
    return found.length > 0 ? found : orNothing(lookup(name, { family, all: true }));
  },
};

/** A new one for each question: the addresses of the name servers may have changed. */
const asker = (): Resolver => new Resolver({ timeout: 1500, tries: 2 });

const nothing = new Set([
  "ENOTFOUND",
  "ENODATA",
  "EAI_NODATA",
  "EAI_NONAME",
  "EAI_ADDRFAMILY",
  "ECONNREFUSED",
]);

/** Where no name server listens (a network without one), there is nothing to be found in the DNS either. */
async function orNothing<Record>(question: Promise<readonly Record[]>): Promise<readonly Record[]> {
  try {
    return await question;
  } catch (error) {
    if (nothing.has(errorCode(error) ?? "")) return [];
    throw error;
  }
}
