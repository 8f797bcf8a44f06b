// Listens to the media workers: whether pictures are degraded, because the machine is near its limit, and when that is over.
import type { Clock, Unsubscribe } from "#common";
import type { MediaWorkers } from "#media/client";
import { degradationSteps, type LoadLimit } from "#media/protocol";
import type { EventLog } from "./log.ts";

export interface VideoLoadOptions {
  readonly workers: Pick<MediaWorkers, "workers" | "events">;
  readonly log: Pick<EventLog, "append">;
  readonly clock: Clock;
}

const limitOnWire = {
  lateTicks: "late_ticks",
  mixerCpu: "mixer_cpu",
  videoCpu: "video_cpu",
  machineCpu: "machine_cpu",
} as const satisfies Record<LoadLimit, string>;

interface Degraded {
  step: number;
  readonly since: number;
}

/** Until the returned function is called. */
export function recordVideoLoad({ workers, log, clock }: VideoLoadOptions): Unsubscribe {
  const degraded = new Map<number, Degraded>();

  function restore(worker: number): void {
    const state = degraded.get(worker);
    if (!state) return;
    degraded.delete(worker);
    const seconds = Math.round((clock.monotonic() - state.since) / 1000);
    log.append({ type: "video.restored", data: { worker, seconds } });
  }

  const unsubscribe = workers.workers.map(({ index: worker, notifications }) =>
    notifications.on("worker.health", ({ video: { degradation: step, degradedBy } }) => {
      const state = degraded.get(worker);
      if (step === (state?.step ?? 0)) return;
      const part = degradationSteps[step];
      if (step === 0 || !part) {
        restore(worker);
        return;
      }
      if (state) state.step = step;
      else degraded.set(worker, { step, since: clock.monotonic() });
      const percent = (share: number) => Math.round(share * 100);
      const limit = degradedBy && limitOnWire[degradedBy];
      const data = { framerate_percent: percent(part.rate), size_percent: percent(part.size), limit };
      log.append({ type: "video.degraded", data: { worker, step, ...data } });
    }),
  );
  // Its rooms are gone; those that it has next begin whole.
  unsubscribe.push(workers.events.on("down", ({ worker }) => restore(worker.index)));
  return () => {
    for (const stop of unsubscribe) stop();
  };
}
