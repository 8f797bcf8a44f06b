// Keeps the addresses of host names up to date, so that a PBX configured by name is recognised when it calls. A look-up that
// fails changes nothing.

import { type Clock, errorMessage, type Logger, type Timer } from "#common";
import type { SipEndpoint } from "#sip";

export interface HostLookupOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly sip: Pick<SipEndpoint, "locate">;
  /** SIP URIs with names for hosts. */
  readonly uris: readonly string[];
  readonly onAddress: (uri: string, address: string) => void;
}

const everyMs = 300_000;

/** Looks up at once and then at intervals; returns what stops it. */
export function startHostLookups({ clock, log, sip, uris, onAddress }: HostLookupOptions): () => void {
  let timer: Timer | undefined;
  let closed = false;
  const one = async (uri: string) => {
    try {
      const addresses = await sip.locate(uri);
      if (addresses.length === 0) log.warn({ host: uri }, "a trunk's host has no address");
      for (const address of addresses) onAddress(uri, address);
    } catch (error) {
      log.warn({ host: uri, err: errorMessage(error) }, "a trunk's host was not found");
    }
  };
  const all = async () => {
    await Promise.all(uris.map(one));
    if (!closed) timer = clock.after(everyMs, () => void all());
  };
  if (uris.length > 0) void all();
  return () => {
    closed = true;
    timer?.cancel();
  };
}
