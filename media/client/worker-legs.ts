// The legs of one worker: who hears of each, and whether there are any. What is known of them is in the worker's record.
import type { LegId, Logger } from "#common";
import type { Notification, NotificationName } from "../protocol.ts";

/** A leg's side of its worker. */
export interface LegListener {
  notify<Name extends NotificationName>(name: Name, data: Notification<Name>): void;
  /** Another process goes on with it. `moved`: on other ports, which the far end does not know. */
  recovered(moved: boolean): void;
  lost(reason: string): void;
}

export interface WorkerLegsOptions {
  readonly log: Pick<Logger, "error">;
  /** There is a first leg, or the last one has gone by itself. */
  readonly onOccupied: () => void;
  readonly onVacated: () => void;
}

/** A listener that throws stops neither the other listeners nor what goes on beside them. */
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

  /** A new leg: from now on `listener` hears of it. */
  add(id: LegId, listener: LegListener): void {
    this.put(id, listener);
    if (this.size === 1) this.#options.onOccupied();
  }

  /** The same for a leg that is there. */
  put(id: LegId, listener: LegListener): void {
    this.#listeners.set(id, listener);
  }

  /** It is over. */
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
