// Puts another process in the place of one that has died, or is to be drained: finds one, and tells it what the other had been brought
// to. Gives up when successors die of that, or none comes up in time.
import { delay, ParleyError } from "#common";
import { restore } from "./restore.ts";
import type { Recovery } from "./types.ts";
import type { WorkerLegs } from "./worker-legs.ts";
import type { WorkerProcess, WorkerProcessOptions } from "./worker-process.ts";
import type { WorkerProcesses } from "./worker-processes.ts";
import type { WorkerRecord } from "./worker-record.ts";

export interface WorkerRecoveryOptions extends Pick<WorkerProcessOptions, "clock" | "log" | "limits"> {
  readonly processes: Pick<WorkerProcesses, "successor">;
  readonly record: WorkerRecord;
  readonly legs: WorkerLegs;
}

export interface Recovered extends Omit<Recovery, "reason"> {
  readonly process: WorkerProcess;
}

export interface RecoveryOrder {
  /** At once, and in the process of a worker without legs if there is one; otherwise in a new one after a rest. */
  readonly atOnce: boolean;
  /** Resolves when the predecessors have handed their legs over: called when a successor is up. Absent: there are none. */
  readonly drain?: ((signal: AbortSignal) => Promise<void>) | undefined;
}

const maxQuickDeaths = 3;
const maxTries = 3;

export class WorkerRecovery {
  readonly #options: WorkerRecoveryOptions;
  #quickDeaths = 0;

  constructor(options: WorkerRecoveryOptions) {
    this.#options = options;
  }

  /** Whether another process is to go on for one that died: it had legs, and has not died of what it was told. */
  survives(livedMs: number): boolean {
    const { legs, limits } = this.#options;
    this.#quickDeaths = legs.size > 0 && livedMs < limits.provedMs ? this.#quickDeaths + 1 : 0;
    if (this.#quickDeaths < maxQuickDeaths) return legs.size > 0;
    this.#quickDeaths = 0;
    return false;
  }

  /** The process that goes on, and how; undefined when there is none, or none is wanted any more. */
  async run({ atOnce, drain }: RecoveryOrder, closing: AbortSignal): Promise<Recovered | undefined> {
    const { clock, log, limits, processes } = this.#options;
    const began = clock.monotonic();
    const limit = new AbortController();
    const timer = clock.after(limits.recoverMs, () =>
      limit.abort(new ParleyError("WORKER_DOWN", `nothing could go on within ${limits.recoverMs} ms`)),
    );
    const signal = AbortSignal.any([closing, limit.signal]);
    try {
      if (!atOnce) await delay(clock, limits.restMs, signal);
      for (let tries = 0; tries < maxTries && !signal.aborted; tries += 1) {
        const process = await processes.successor(atOnce, signal);
        if (process) await drain?.(signal);
        const restored = process && (await this.#restoreIn(process));
        if (restored) return { process, tookMs: Math.round(clock.monotonic() - began), ...restored };
      }
    } catch (error) {
      if (!signal.aborted) log.error({ err: error }, "media worker was not recovered");
    } finally {
      timer.cancel();
    }
    this.#quickDeaths = 0;
    return undefined;
  }

  async #restoreIn(process: WorkerProcess): Promise<Pick<Recovery, "legs" | "moved" | "lost"> | undefined> {
    const { record, legs, log } = this.#options;
    const outcome = await restore(record, { request: (name, params) => process.request(name, params), log });
    if (!outcome) return undefined;
    const { restored, moved, lost } = outcome;
    for (const id of lost) {
      record.dropLeg(id);
      legs.lose(id, "it could not be restored in another media worker");
    }
    for (const id of restored) legs.recovered(id, moved.has(id));
    return { legs: restored.length, moved: moved.size, lost: lost.length };
  }
}
