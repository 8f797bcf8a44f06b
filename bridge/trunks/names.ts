// Keeps the addresses behind host names up to date, so that a PBX that is known by its name is known when it
// calls. A look-up that fails leaves what was known.
import { type Clock, errorMessage, type Logger, type Timer } from "#common";

/** The addresses that requests to a host name would go to; they are also where it calls from. */
export type Lookup = (host: string) => Promise<readonly string[]>;

export interface NamesOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly lookup: Lookup;
  readonly names: readonly string[];
  readonly onAddress: (name: string, address: string) => void;
}

const everyMs = 300_000;
const maxAddresses = 16;

/** Looks up at once and then at intervals; returns what stops it. */
export function keepLookingUp({ clock, log, lookup, names, onAddress }: NamesOptions): () => void {
  let timer: Timer | undefined;
  let closed = false;
  const one = async (name: string) => {
    try {
      const addresses = await lookup(name);
      for (const address of addresses.slice(0, maxAddresses)) onAddress(name, address);
    } catch (error) {
      log.warn({ name, err: errorMessage(error) }, "a trunk's host name has no address");
    }
  };
  const all = async () => {
    await Promise.all(names.map(one));
    if (!closed) timer = clock.after(everyMs, () => void all());
  };
  if (names.length > 0) void all();
  return () => {
    closed = true;
    timer?.cancel();
  };
}
