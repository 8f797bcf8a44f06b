// Whether this machine takes one more caller, and which worker mixes a room: at the first arrival the ready one with the fewest
// callers, of those that are not overloaded where there are any; another one when it has no ports left and no participant is in
// the mix. Once a participant is inside, the room stays on its worker until its last caller has gone. Nothing else assumes that
// rooms are on this machine.
import type { LegId } from "#common";
import { isServing, type MediaWorker } from "#media/client";
import { type AdmissionRefusal, refusals } from "../policy/admission.ts";
import type { LocalNode } from "./node.ts";

interface Candidate {
  readonly index: number;
  readonly state: MediaWorker["state"];
}

interface NextCaller {
  readonly worker?: MediaWorker | undefined;
  readonly hasLeg?: boolean;
}

/** The least loaded worker that serves, the first in the list among equals; undefined when none serves. */
export function leastLoaded<Worker extends Candidate>(
  workers: readonly Worker[],
  load: (worker: Worker) => number,
): Worker | undefined {
  let best: Worker | undefined;
  for (const worker of workers) {
    if (!isServing(worker)) continue;
    if (!best || isBetter(worker, best, load)) best = worker;
  }
  return best;
}

/** A worker in the state `recovering` is chosen only when none is ready. */
function isBetter<Worker extends Candidate>(
  worker: Worker,
  best: Worker,
  load: (worker: Worker) => number,
): boolean {
  if (worker.state !== best.state) return worker.state === "ready";
  return load(worker) < load(best);
}

/** Counts the callers of each worker: more exact than a health report, which is a second old. */
export class Placement {
  readonly #workers: readonly MediaWorker[];
  readonly #node: LocalNode;
  readonly #load = new Map<MediaWorker, number>();

  constructor(workers: readonly MediaWorker[], node: LocalNode) {
    this.#workers = workers;
    this.#node = node;
  }

  get available(): boolean {
    return this.#node.accepting && this.#workers.some(isServing);
  }

  /**
   * Why no further caller is admitted to any room. Participants who are not inside yet count, too. `worker`: the worker that
   * mixes the room already. `hasLeg`: the caller has a leg already and is no new load.
   */
  refusal({ worker, hasLeg = false }: NextCaller = {}): AdmissionRefusal | undefined {
    const { accepting, maxParticipants } = this.#node;
    if (!accepting) return refusals.serverDisabled;
    if (!hasLeg && this.overloaded(worker)) return refusals.overloaded;
    const callers = this.#workers.reduce((sum, worker) => sum + this.load(worker), 0);
    return maxParticipants > 0 && callers >= maxParticipants ? refusals.serverFull : undefined;
  }

  /** Whether nothing new may begin on that worker or, without one, on any. */
  overloaded(worker?: MediaWorker): boolean {
    return this.#node.overloaded(worker);
  }

  /** `except`: workers that have just refused. */
  choose(except?: ReadonlySet<MediaWorker>): MediaWorker | undefined {
    const workers = except ? this.#workers.filter((worker) => !except.has(worker)) : this.#workers;
    const load = (worker: MediaWorker) => this.load(worker);
    const atEase = workers.filter((worker) => !this.overloaded(worker));
    return leastLoaded(atEase, load) ?? leastLoaded(workers, load);
  }

  /** Whether any worker has a leg of this id. */
  hasLeg(id: LegId): boolean {
    return this.#workers.some((worker) => worker.hasLeg(id));
  }

  load(worker: MediaWorker): number {
    return this.#load.get(worker) ?? 0;
  }

  add(worker: MediaWorker, callers = 1): void {
    this.#load.set(worker, this.load(worker) + callers);
  }

  remove(worker: MediaWorker, callers = 1): void {
    this.#load.set(worker, this.load(worker) - callers);
  }
}
