// Replaces a worker process that has died, or is to be drained: gets a successor, and restores the state in it. Gives up when
// successors die while they are restored, or none comes up in time.
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
  /** True: at once, in the process of a worker without legs if there is one; false: in a new process after a wait. */
  readonly atOnce: boolean;
  /** Called when a successor is up; resolves when the predecessors have handed their legs over. Absent: there are none. */
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

  /** Whether a process that died is replaced: it had legs, and has not died of the state that it was given. */
  survives(livedMs: number): boolean {
    const { legs, limits } = this.#options;
    this.#quickDeaths = legs.size > 0 && livedMs < limits.provedMs ? this.#quickDeaths + 1 : 0;
    if (this.#quickDeaths < maxQuickDeaths) return legs.size > 0;
    this.#quickDeaths = 0;
    return false;
  }

  /** The successor and the result; undefined when none came up, or `closing` has aborted. */
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
