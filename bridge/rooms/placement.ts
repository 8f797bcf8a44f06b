// Which worker mixes a room: the ready one with the fewest callers at the moment of the first arrival. The room
// stays there until its last caller has gone. This is the only place that assumes that rooms are here.
import type { MediaWorker } from "#media/client";

interface Candidate {
  readonly index: number;
  readonly state: MediaWorker["state"];
}

/** The least loaded ready worker, the lowest index among equals; undefined when none is ready. */
export function leastLoaded<Worker extends Candidate>(
  workers: readonly Worker[],
  load: (worker: Worker) => number,
): Worker | undefined {
  let best: Worker | undefined;
  for (const worker of workers) {
    if (worker.state !== "ready") continue;
    if (!best || load(worker) < load(best)) best = worker;
  }
  return best;
}

/** Counts the callers of each worker: more exact than a health report, which is a second old. */
export class Placement {
  readonly #workers: readonly MediaWorker[];
  readonly #load = new Map<MediaWorker, number>();

  constructor(workers: readonly MediaWorker[]) {
    this.#workers = workers;
  }

  get available(): boolean {
    return this.#workers.some(({ state }) => state === "ready");
  }

  choose(): MediaWorker | undefined {
    return leastLoaded(this.#workers, (worker) => this.load(worker));
  }

  load(worker: MediaWorker): number {
    return this.#load.get(worker) ?? 0;
  }

  add(worker: MediaWorker): void {
    this.#load.set(worker, this.load(worker) + 1);
  }

  remove(worker: MediaWorker): void {
    this.#load.set(worker, this.load(worker) - 1);
  }
}
