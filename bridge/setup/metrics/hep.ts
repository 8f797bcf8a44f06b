// Metrics of the export to a capture server; none where no server is configured.
import type { HepCounters } from "#services/hep";
import type { Meters } from "./meters.ts";

export interface HepSources {
  readonly hep?: { readonly counters: HepCounters } | undefined;
}

export function measureHep({ counter }: Meters, { hep }: HepSources): void {
  if (!hep) return;
  const { counters } = hep;
  counter("parley_hep_messages_total", "SIP messages for the capture server.", ["outcome"], () =>
    (["sent", "dropped", "failed"] as const).map((outcome) => [{ outcome }, counters[outcome]]),
  );
}
