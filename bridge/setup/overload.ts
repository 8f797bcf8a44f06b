// Admission by load, as the configuration wants it; the log says when it begins and when it ends.
import type { Clock, Logger } from "#common";
import type { Config } from "#config";
import type { MediaWorkers } from "#media/client";
import { Overload } from "#services/nodes";

export interface OverloadParts {
  readonly config: Pick<Config, "overload">;
  readonly workers: Pick<MediaWorkers, "workers">;
  readonly clock: Clock;
  readonly log: Logger;
}

export function watchOverload({ config, workers, clock, log }: OverloadParts): Overload {
  const { refuse, ...settings } = config.overload;
  const limits = {
    late_ticks: settings.late_ticks_percent,
    mixer_cpu: settings.mixer_cpu_percent,
    control_cpu: settings.control_cpu_percent,
    machine_cpu: settings.machine_cpu_percent,
  };
  const overload = new Overload({ clock, workers: workers.workers, limits: refuse ? limits : undefined });
  overload.events.on("began", ({ causes }) => log.warn({ causes }, "overloaded: nothing new is begun"));
  overload.events.on("ended", ({ seconds }) => log.info({ seconds }, "no longer overloaded"));
  return overload;
}
