// Host names that far ends write where an address should be, looked up before their descriptions are planned with:
// within a bounded time, a bounded number at once, and kept for as long as the DNS says. A name that is not found in
// time is not found; the next call asks again.
import { lookup, Resolver } from "node:dns/promises";
import { type Clock, DnsCache, delay, errorCode, hostsFileAddresses } from "#common";

export interface HostAddress {
  readonly address: string;
  /** Seconds; unknown for what does not come from the DNS. */
  readonly ttl?: number;
}

/** Asks for the addresses of one family; none is an empty list, a server that does not answer an error. */
export type AskHost = (name: string, family: 4 | 6) => Promise<readonly HostAddress[]>;

/** A caller hears nothing meanwhile, and its call is under way. */
const longestMs = 2000;
const mostKept = 200;
const mostAtOnce = 16;

export class HostNames {
  readonly #clock: Clock;
  readonly #caches: Readonly<Record<4 | 6, DnsCache<HostAddress>>>;

  constructor(clock: Clock, ask: AskHost = askSystem) {
    this.#clock = clock;
    const cache = (family: 4 | 6): DnsCache<HostAddress> =>
      new DnsCache({
        clock,
        ask: (name) => ask(name, family),
        ttlOf: ({ ttl }) => ttl,
        maxEntries: mostKept,
        maxPending: mostAtOnce,
      });
    this.#caches = { 4: cache(4), 6: cache(6) };
  }

  /** The addresses of those that were found in time, by name. Never rejects. */
  async find(names: readonly string[], family: 4 | 6): Promise<ReadonlyMap<string, string>> {
    const found = new Map<string, string>();
    const ended = new AbortController();
    const asking = names.map(async (name) => {
      const records = await this.#caches[family].of(name).catch(() => []);
      const address = records[0]?.address;
      if (address !== undefined && !ended.signal.aborted) found.set(name, address);
    });
    const limit = delay(this.#clock, longestMs, ended.signal).catch(() => {});
    await Promise.race([Promise.all(asking), limit]);
    ended.abort();
    return found;
  }
}

const nothing = new Set([
  "ENOTFOUND",
  "ENODATA",
  "EAI_NODATA",
  "EAI_NONAME",
  "EAI_ADDRFAMILY",
  "ECONNREFUSED",
]);

/** What the system finds elsewhere comes after what the DNS knows. */
const askSystem: AskHost = async (name, family) => {
  const listed = await hostsFileAddresses(name, family);
  if (listed.length > 0) return listed.map((address) => ({ address }));
  const resolver = new Resolver({ timeout: 800, tries: 2 });
  const options = { ttl: true } as const;
  const found = await orNothing(
    family === 4 ? resolver.resolve4(name, options) : resolver.resolve6(name, options),
  );
  return found.length > 0 ? found : orNothing(lookup(name, { family, all: true }));
};

async function orNothing<Record>(question: Promise<readonly Record[]>): Promise<readonly Record[]> {
  try {
    return await question;
  } catch (error) {
    if (nothing.has(errorCode(error) ?? "")) return [];
    throw error;
  }
}
