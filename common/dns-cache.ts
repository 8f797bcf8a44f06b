// A cache of DNS answers: records, negative answers, and for a short time that no server answered. Bounded by number and by time.
// Simultaneous questions for a name wait for the same answer.
import { BoundedMap } from "./bounded-map.ts";
import type { Clock } from "./clock.ts";
import { ParleyError } from "./errors.ts";

export const dnsLifetimes = {
  /** The bounds of the time to live, milliseconds. */
  shortest: 5000,
  longest: 300_000,
  /** For records without a time to live. */
  usual: 60_000,
  nothing: 30_000,
  failed: 5000,
} as const;

export interface DnsCacheOptions<Record> {
  readonly clock: Clock;
  ask(name: string): Promise<readonly Record[]>;
  /** Seconds. */
  ttlOf?(record: Record): number | undefined;
  readonly maxEntries?: number;
  readonly maxPending?: number;
}

interface Kept<Record> {
  readonly records: readonly Record[];
  readonly expires: number;
}

export class DnsCache<Record> {
  readonly #options: DnsCacheOptions<Record>;
  readonly #kept: BoundedMap<string, Kept<Record>>;
  readonly #pending = new Map<string, Promise<readonly Record[]>>();

  constructor(options: DnsCacheOptions<Record>) {
    this.#options = options;
    this.#kept = new BoundedMap({ most: options.maxEntries ?? 500 });
  }

  /** Resolves with no records when there are none, or no server answers. Rejects with TOO_MANY_QUESTIONS. */
  of(name: string): Promise<readonly Record[]> {
    const key = name.toLowerCase();
    const kept = this.#kept.get(key);
    if (kept && kept.expires > this.#options.clock.monotonic()) return Promise.resolve(kept.records);
    const pending = this.#pending.get(key);
    if (pending) return pending;
    if (this.#pending.size >= (this.#options.maxPending ?? 100)) {
      return Promise.reject(new ParleyError("TOO_MANY_QUESTIONS", "too many names are being looked up"));
    }
    const question = this.#ask(key).finally(() => this.#pending.delete(key));
    this.#pending.set(key, question);
    return question;
  }

  async #ask(key: string): Promise<readonly Record[]> {
    try {
      const records = await this.#options.ask(key);
      this.#keep(key, records, this.#lifetime(records));
      return records;
    } catch {
      this.#keep(key, [], dnsLifetimes.failed);
      return [];
    }
  }

  #lifetime(records: readonly Record[]): number {
    if (records.length === 0) return dnsLifetimes.nothing;
    const { ttlOf } = this.#options;
    const seconds = records.map((record) => ttlOf?.(record) ?? dnsLifetimes.usual / 1000);
    return Math.min(Math.max(Math.min(...seconds) * 1000, dnsLifetimes.shortest), dnsLifetimes.longest);
  }

  #keep(key: string, records: readonly Record[], ms: number): void {
    this.#kept.set(key, { records, expires: this.#options.clock.monotonic() + ms });
  }
}
