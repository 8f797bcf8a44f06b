// One media worker as the control process keeps it: starts its process again whenever it dies, after an exponential
// back-off that is reset once a process has been stable. Notifications about a leg go to that leg by one look-up; when
// the process dies, every leg of it is lost.
//
//   standby ──start──▶ starting ──hello──▶ ready ──died──▶ down ──back-off──▶ starting        any ──close──▶ closed
import { type Clock, delay, Emitter, errorMessage, type LegId, type Logger, ParleyError } from "#common";
import type {
  CommandName,
  CommandParams,
  CommandResult,
  LegStats,
  Notification,
  NotificationName,
  WorkerHealth,
} from "../protocol.ts";
import { LegStatsRequests } from "./leg-stats-requests.ts";
import type { WorkerLimits } from "./options.ts";
import type { MediaWorker, WorkerState } from "./types.ts";
import { WorkerProcess, type WorkerProcessOptions } from "./worker-process.ts";

/** A leg's side of its worker. */
export interface LegListener {
  notify<Name extends NotificationName>(name: Name, data: Notification<Name>): void;
  lost(reason: string): void;
}

export interface SupervisedWorkerOptions extends Omit<WorkerProcessOptions, "onNotification"> {
  readonly index: number;
  readonly clock: Clock;
  readonly log: Logger;
  readonly limits: WorkerLimits;
  readonly onUp: (worker: SupervisedWorker) => void;
  readonly onDown: (worker: SupervisedWorker, reason: string) => void;
  /** The worker has got its first leg. */
  readonly onOccupied: () => void;
}

export class SupervisedWorker implements MediaWorker {
  readonly index: number;
  readonly notifications = new Emitter<{ [Name in NotificationName]: Notification<Name> }>();
  readonly #options: SupervisedWorkerOptions;
  readonly #closing = new AbortController();
  readonly #legs = new Map<LegId, LegListener>();
  readonly #statsRequests = new LegStatsRequests((name, params) => this.request(name, params));
  #state: WorkerState = "standby";
  #health: WorkerHealth | undefined;
  #process: WorkerProcess | undefined;
  #supervision: Promise<void> = Promise.resolve();

  constructor(options: SupervisedWorkerOptions) {
    this.index = options.index;
    this.#options = options;
  }

  get state(): WorkerState {
    return this.#state;
  }

  get health(): WorkerHealth | undefined {
    return this.#health;
  }

  /** Has no legs, and takes some now or in a moment. */
  get vacant(): boolean {
    return this.#legs.size === 0 && (this.#state === "ready" || this.#state === "starting");
  }

  /** Of the process that runs now. */
  get pid(): number | undefined {
    return this.#process?.pid;
  }

  /** The first start; rejects when the process does not come up, and then there is no second. */
  async start(): Promise<void> {
    this.#state = "starting";
    const first = this.#bringUp();
    this.#supervision = first.then(
      (process) => this.#supervise(process),
      () => {},
    );
    await first;
  }

  /** Leaves standby; a process that does not come up is started again after the back-off. */
  wake(): void {
    this.#state = "starting";
    this.#supervision = this.#supervise(undefined);
  }

  request<Name extends CommandName>(name: Name, params: CommandParams<Name>): Promise<CommandResult<Name>> {
    if (this.#state !== "ready" || !this.#process) {
      return Promise.reject(new ParleyError("WORKER_DOWN", `media worker ${this.index} is ${this.#state}`));
    }
    return this.#process.request(name, params);
  }

  /** The figures of a leg of this worker. Rejects as `request` does. */
  statsOf(leg: LegId): Promise<LegStats> {
    return this.#statsRequests.ask(leg);
  }

  /** From now on the notifications about this leg go to `listener`, and the worker's death too. */
  adopt(leg: LegId, listener: LegListener): void {
    this.#legs.set(leg, listener);
    if (this.#legs.size === 1) this.#options.onOccupied();
  }

  forget(leg: LegId): void {
    this.#legs.delete(leg);
  }

  async close(): Promise<void> {
    if (this.#state === "closed") return this.#supervision;
    this.#state = "closed";
    this.#closing.abort(new ParleyError("WORKER_DOWN", `media worker ${this.index} is closed`));
    await this.#process?.stop();
    await this.#supervision;
    this.notifications.clear();
  }

  async #bringUp(): Promise<WorkerProcess> {
    const process = await WorkerProcess.start(
      { ...this.#options, onNotification: (name, data) => this.#takeNotification(name, data) },
      this.#closing.signal,
    );
    this.#process = process;
    if (this.#state === "closed") {
      await process.stop();
      throw this.#closing.signal.reason;
    }
    this.#state = "ready";
    return process;
  }

  async #supervise(first: WorkerProcess | undefined): Promise<void> {
    const { clock, log, limits, index, onUp, onDown } = this.#options;
    let process = first;
    let backOffMs = limits.firstBackOffMs;
    while (this.#state !== "closed") {
      if (process) {
        const since = clock.monotonic();
        log.info({ worker: index, process: process.pid }, "media worker is up");
        this.#call(() => onUp(this));
        const reason = await process.ended;
        this.#loseLegs(reason);
        if (this.#closing.signal.aborted) return;
        this.#state = "down";
        log.error({ worker: index, reason, backOffMs }, "media worker died");
        this.#call(() => onDown(this, reason));
        if (clock.monotonic() - since >= limits.stableMs) backOffMs = limits.firstBackOffMs;
      }
      process = await this.#bringUpAfter(backOffMs);
      backOffMs = Math.min(backOffMs * 2, limits.longestBackOffMs);
    }
  }

  async #bringUpAfter(backOffMs: number): Promise<WorkerProcess | undefined> {
    const { clock, log, index } = this.#options;
    try {
      await delay(clock, backOffMs, this.#closing.signal);
      this.#state = "starting";
      return await this.#bringUp();
    } catch (error) {
      if (this.#closing.signal.aborted) return undefined;
      this.#state = "down";
      log.error({ worker: index, reason: errorMessage(error) }, "media worker did not come up");
      return undefined;
    }
  }

  #takeNotification<Name extends NotificationName>(name: Name, data: Notification<Name>): void {
    if (name === "worker.health") this.#health = data as WorkerHealth;
    if ("leg" in data) this.#legs.get(data.leg)?.notify(name, data);
    this.notifications.emit(name, data as never);
  }

  #loseLegs(reason: string): void {
    this.#process = undefined;
    this.#health = undefined;
    const lost = [...this.#legs.values()];
    this.#legs.clear();
    for (const leg of lost) this.#call(() => leg.lost(reason));
  }

  /** A listener that throws stops neither the other listeners nor the next start. */
  #call(listener: () => void): void {
    try {
      listener();
    } catch (error) {
      this.#options.log.error({ err: error, worker: this.index }, "a listener failed");
    }
  }
}
