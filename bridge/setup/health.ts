// Whether this bridge can take calls. The database and the disk are asked every few seconds and not by every probe.
import type { Clock, Timer } from "#common";
import { isServing, type MediaWorker } from "#media/client";

export interface HealthSources {
  readonly clock: Clock;
  readonly sip: { readonly draining: boolean };
  readonly workers: { readonly healthy: boolean; readonly workers: readonly Pick<MediaWorker, "state">[] };
  /** Rejects when the database does not answer. */
  ping(): Promise<void>;
  /** Why nothing more can be written, in one sentence; undefined while something can. */
  diskFault(): Promise<string | undefined>;
}

export interface HealthCheck {
  readonly up: boolean;
  readonly detail?: string;
}

export interface HealthReport {
  readonly status: "ok" | "starting" | "draining" | "failed";
  readonly checks: Readonly<Record<"sip" | "media" | "database" | "disk", HealthCheck>>;
}

export interface HealthMonitor {
  read(): HealthReport;
  /** Everything listens. */
  started(): void;
  close(): void;
}

const pingEveryMs = 5000;

export function createHealth({ clock, sip, workers, ping, diskFault }: HealthSources): HealthMonitor {
  let listening = false;
  let database = true;
  let fault: string | undefined;
  let timer: Timer | undefined;
  let closed = false;

  const watch = () => {
    const answers = ping().then(
      () => true,
      () => false,
    );
    Promise.all([answers, diskFault()]).then(([answered, found]) => {
      database = answered;
      fault = found;
      if (!closed) timer = clock.after(pingEveryMs, watch);
    });
  };
  watch();

  return {
    read() {
      const started = workers.workers.filter(({ state }) => state !== "standby");
      const up = started.filter(isServing).length;
      const media = `${up} of ${started.length} workers are up`;
      const checks = {
        sip: listening ? { up: true } : { up: false, detail: "not listening yet" },
        media: workers.healthy ? { up: true } : { up: false, detail: media },
        database: database ? { up: true } : { up: false, detail: "the database does not answer" },
        disk: fault === undefined ? { up: true } : { up: false, detail: fault },
      };
      const healthy = Object.values(checks).every((check) => check.up);
      if (!listening) return { status: "starting", checks };
      if (sip.draining) return { status: "draining", checks };
      return { status: healthy ? "ok" : "failed", checks };
    },
    started() {
      listening = true;
    },
    close() {
      closed = true;
      timer?.cancel();
    },
  };
}
