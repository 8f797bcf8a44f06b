// Resolves host names in the place of addresses in far ends' descriptions, before these are used: within a time limit, a bounded
// number at once, cached for the time that the DNS gives. A name that is not resolved in time counts as unknown; the next call
// asks again.
import { type Clock, DnsCache, findHostAddresses, type HostAddress, within } from "#common";

/** Asks for the addresses of one family. Resolves with an empty list when there are none, rejects when no server answers. */
export type AskHost = (name: string, family: 4 | 6) => Promise<readonly HostAddress[]>;

/** The time limit; short, because the call is set up only after it. */
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

  /** The addresses of the names that were resolved in time, by name. Never rejects. */
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
