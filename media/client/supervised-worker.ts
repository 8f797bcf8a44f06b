// The place of one media worker: keeps a process alive in it, life after life, with an exponential back-off
// between lives that begins anew after a stable time. Notifications about a leg go to that leg by one look-up; when
// the process dies, every leg of it is lost.
//
//   standby ──start──▶ starting ──hello──▶ ready ──died──▶ down ──back-off──▶ starting        any ──close──▶ closed
import { type Clock, delay, Emitter, errorMessage, type LegId, type Logger, ParleyError } from "#common";
import type {
  CommandName,
  CommandParams,
  CommandResult,
  Notification,
  NotificationName,
  WorkerHealth,
} from "../protocol.ts";
import type { WorkerLimits } from "./options.ts";
import type { MediaWorker, WorkerState } from "./types.ts";
import { WorkerProcess, type WorkerProcessOptions } from "./worker-process.ts";

/** What a leg hears from its worker. */
export interface LegListener {
  notify<Name extends NotificationName>(name: Name, data: Notification<Name>): void;
  lost(reason: string): void;
}

export interface SupervisedWorkerOptions extends Omit<WorkerProcessOptions, "onNotification"> {
  readonly index: number;
  readonly clock: Clock;
  readonly log: Logger;
  readonly limits: WorkerLimits;
  readonly onUp: (slot: SupervisedWorker) => void;
  readonly onDown: (slot: SupervisedWorker, reason: string) => void;
  /** The worker has got its first leg. */
  readonly onOccupied: () => void;
}

export class SupervisedWorker implements MediaWorker {
  readonly index: number;
  readonly notifications = new Emitter<{ [Name in NotificationName]: Notification<Name> }>();
  readonly #options: SupervisedWorkerOptions;
  readonly #closing = new AbortController();
  readonly #legs = new Map<LegId, LegListener>();
  #state: WorkerState = "standby";
  #health: WorkerHealth | undefined;
  #incarnation: WorkerProcess | undefined;
  #life: Promise<void> = Promise.resolve();

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

  /** The process that lives in this slot now. */
  get pid(): number | undefined {
    return this.#incarnation?.pid;
  }

  /** The first life; rejects when it does not come up, and then there is no second. */
  async start(): Promise<void> {
    this.#state = "starting";
    const first = this.#bringUp();
    this.#life = first.then(
      (incarnation) => this.#live(incarnation),
      () => {},
    );
    await first;
  }

  /** Leaves standby; a life that does not come up is followed by the next after its back-off. */
  wake(): void {
    this.#state = "starting";
    this.#life = this.#live(undefined);
  }

  request<Name extends CommandName>(name: Name, params: CommandParams<Name>): Promise<CommandResult<Name>> {
    if (this.#state !== "ready" || !this.#incarnation) {
      return Promise.reject(new ParleyError("WORKER_DOWN", `media worker ${this.index} is ${this.#state}`));
    }
    return this.#incarnation.request(name, params);
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
    if (this.#state === "closed") return this.#life;
    this.#state = "closed";
    this.#closing.abort(new ParleyError("WORKER_DOWN", `media worker ${this.index} is closed`));
    await this.#incarnation?.stop();
    await this.#life;
    this.notifications.clear();
  }

  async #bringUp(): Promise<WorkerProcess> {
    const incarnation = await WorkerProcess.start(
      { ...this.#options, onNotification: (name, data) => this.#takeNotification(name, data) },
      this.#closing.signal,
    );
    this.#incarnation = incarnation;
    if (this.#state === "closed") {
      await incarnation.stop();
      throw this.#closing.signal.reason;
    }
    this.#state = "ready";
    return incarnation;
  }

  async #live(first: WorkerProcess | undefined): Promise<void> {
    const { clock, log, limits, index, onUp, onDown } = this.#options;
    let incarnation = first;
    let backOffMs = limits.firstBackOffMs;
    while (this.#state !== "closed") {
      if (incarnation) {
        const since = clock.monotonic();
        log.info({ worker: index, process: incarnation.pid }, "media worker is up");
        this.#tell(() => onUp(this));
        const reason = await incarnation.ended;
        this.#loseLegs(reason);
        if (this.#closing.signal.aborted) return;
        this.#state = "down";
        log.error({ worker: index, reason, backOffMs }, "media worker died");
        this.#tell(() => onDown(this, reason));
        if (clock.monotonic() - since >= limits.stableMs) backOffMs = limits.firstBackOffMs;
      }
      incarnation = await this.#bringUpAfter(backOffMs);
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
    this.#incarnation = undefined;
    this.#health = undefined;
    const lost = [...this.#legs.values()];
    this.#legs.clear();
    for (const leg of lost) this.#tell(() => leg.lost(reason));
  }

  /** A listener's bug costs neither the other legs their news nor the worker its next life. */
  #tell(news: () => void): void {
    try {
      news();
    } catch (error) {
      this.#options.log.error({ err: error, worker: this.index }, "a listener failed");
    }
  }
}
