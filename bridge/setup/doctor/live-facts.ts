// The facts that only the running daemon knows, for its examination.
import type { MediaWorkers } from "#media/client";
import type { AutomaticBackups } from "#services/backups";
import type { Trunks } from "#services/trunks";
import type { SipTransportLayer } from "#sip";
import type { LiveFacts } from "./examine.ts";

export interface LiveSources {
  readonly transport: Pick<SipTransportLayer, "observed">;
  readonly trunks: Pick<Trunks, "snapshot">;
  readonly workers: Pick<MediaWorkers, "workers">;
  readonly backups: Pick<AutomaticBackups, "status">;
}

export const liveFacts = ({ transport, trunks, workers, backups }: LiveSources): LiveFacts => ({
  observed: transport.observed,
  trunks: trunks.snapshot(),
  workers: workers.workers
    .filter(({ state }) => state !== "standby")
    .map(({ state, health }) => ({ ready: state === "ready", realTime: health?.realTime })),
  backups: backups.status,
});
