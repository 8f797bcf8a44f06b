// Host names that far ends write where an address should be, looked up before their descriptions are planned with:
// within a bounded time, a bounded number at once, and kept for as long as the DNS says. A name that is not found in
// time is not found; the next call asks again.
import { type Clock, DnsCache, findHostAddresses, type HostAddress, within } from "#common";

/** Asks for the addresses of one family; none is an empty list, a server that does not answer an error. */
export type AskHost = (name: string, family: 4 | 6) => Promise<readonly HostAddress[]>;

/** A caller hears nothing in the meantime, and its call is under way. */
const maxMs = 2000;
const serverMs = 800;
const maxKept = 200;
const maxConcurrent = 16;

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
        maxEntries: maxKept,
        maxPending: maxConcurrent,
      });
    this.#caches = { 4: cache(4), 6: cache(6) };
  }

  /** The addresses of those that were found in time, by name. Never rejects. */
  async find(names: readonly string[], family: 4 | 6): Promise<ReadonlyMap<string, string>> {
    const found = new Map<string, string>();
    let inTime = true;
    const asking = names.map(async (name) => {
      const records = await this.#caches[family].of(name).catch(() => []);
      const address = records[0]?.address;
      if (address !== undefined && inTime) found.set(name, address);
    });
    await within(Promise.all(asking), { clock: this.#clock, limitMs: maxMs });
    inTime = false;
    return found;
  }
}

const askSystem: AskHost = (name, family) => findHostAddresses({ name, family, serverMs });
