// The legs of one worker: their listeners, and whether there are any. Their state is in the worker's record.
import type { LegId, Logger } from "#common";
import type { Notification, NotificationName } from "../protocol.ts";

/** Receives what a worker reports about one leg. */
export interface LegListener {
  notify<Name extends NotificationName>(name: Name, data: Notification<Name>): void;
  /** Another process goes on with the leg. `moved`: on other ports, which the far end does not know. */
  recovered(moved: boolean): void;
  lost(reason: string): void;
}

export interface WorkerLegsOptions {
  readonly log: Pick<Logger, "error">;
  /** Called when the first leg is added, or when the last one has gone by itself. */
  readonly onOccupied: () => void;
  readonly onVacated: () => void;
}

/** Calls a listener and logs what it throws, so that its failure stops neither the other listeners nor the caller. */
export function callListener(log: Pick<Logger, "error">, listener: () => void): void {
  try {
    listener();
  } catch (error) {
    log.error({ err: error }, "a listener failed");
  }
}

export class WorkerLegs {
  readonly #options: WorkerLegsOptions;
  readonly #listeners = new Map<LegId, LegListener>();

  constructor(options: WorkerLegsOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#listeners.size;
  }

  has(id: LegId): boolean {
    return this.#listeners.has(id);
  }

  /** Adds a new leg. */
  add(id: LegId, listener: LegListener): void {
    this.put(id, listener);
    if (this.size === 1) this.#options.onOccupied();
  }

  /** Sets the listener of a leg that exists. */
  put(id: LegId, listener: LegListener): void {
    this.#listeners.set(id, listener);
  }

  /** Removes a leg that was closed. */
  remove(id: LegId): void {
    if (this.#listeners.delete(id) && this.size === 0) this.#options.onVacated();
  }

  notify<Name extends NotificationName>(name: Name, data: Notification<Name>): void {
    if ("leg" in data) this.#listeners.get(data.leg)?.notify(name, data);
  }

  recovered(id: LegId, moved: boolean): void {
    callListener(this.#options.log, () => this.#listeners.get(id)?.recovered(moved));
  }

  lose(id: LegId, reason: string): void {
    const leg = this.#listeners.get(id);
    this.#listeners.delete(id);
    callListener(this.#options.log, () => leg?.lost(reason));
  }

  loseAll(reason: string): void {
    const lost = [...this.#listeners.values()];
    this.#listeners.clear();
    for (const leg of lost) callListener(this.#options.log, () => leg.lost(reason));
  }
}
