// The supervisor of one media worker: its process, and its state without one. When the process dies a successor takes its place
// (`WorkerRecovery`): the legs go on, and commands wait in the meantime. If that fails, the legs are lost, and another process
// is started after an exponential back-off, which is reset once a process has been stable. Legs and rooms that the previous
// control process has left are resumed in their own process, or in a successor as if that had died (`WorkerResumption`).
//
//   standby ─start─▶ starting ─hello─▶ ready ─died, had legs─▶ recovering ─restored─▶ ready        any ─close─▶ closed
//                        ▲               │ died                  │ not possible
//                        └──back-off── down ◀────────────────────┘
import {
  delay,
  Emitter,
  errorMessage,
  type LegId,
  type Logger,
  ParleyError,
  type RecordingId,
} from "#common";
import type { NamedNotification } from "../leg-facts.ts";
import type {
  CommandName,
  CommandParams,
  CommandResult,
  LegFacts,
  Notification,
  NotificationName,
  WorkerHealth,
} from "../protocol.ts";
import { LegStatsRequests } from "./leg-stats-requests.ts";
import type { MediaStateRecords, PreviousWorkerState } from "./snapshots.ts";
import type { MediaWorker, Recovery, WorkerState } from "./types.ts";
import { callListener, WorkerLegs, type WorkerLegsOptions } from "./worker-legs.ts";
import type { WorkerProcess } from "./worker-process.ts";
import { WorkerProcesses, type WorkerProcessesOptions } from "./worker-processes.ts";
import { WorkerRecord } from "./worker-record.ts";
import { type RecoveryOrder, WorkerRecovery } from "./worker-recovery.ts";
import { WorkerRequests } from "./worker-requests.ts";
import { WorkerResumption } from "./worker-resumption.ts";

export interface SupervisedWorkerOptions
  extends Omit<WorkerProcessesOptions, "stateRecords" | "takeVacant" | "listener">,
    Pick<WorkerLegsOptions, "onOccupied" | "onVacated"> {
  readonly stateRecords: MediaStateRecords;
  readonly previous?: PreviousWorkerState | undefined;
  readonly onUp: (worker: SupervisedWorker) => void;
  readonly onDown: (worker: SupervisedWorker, reason: string) => void;
  readonly onRecovered: (worker: SupervisedWorker, recovery: Recovery) => void;
  /** Takes a running process without legs from another worker. */
  readonly takeVacant: (worker: SupervisedWorker) => WorkerProcess | undefined;
}

/** The loss of a process. */
interface Loss extends Pick<RecoveryOrder, "drain"> {
  /** Why the process is gone; undefined: it was surrendered. */
  readonly reason: string | undefined;
  readonly livedMs: number;
}

/** Seconds in a row without a tick although there are legs, after which the process is killed. */
const maxStalledSeconds = 3;

export class SupervisedWorker implements MediaWorker {
  readonly index: number;
  readonly notifications = new Emitter<{ [Name in NotificationName]: Notification<Name> }>();
  readonly legs: WorkerLegs;
  /** Rejects as `request` does. */
  readonly legStats = new LegStatsRequests((name, params) => this.request(name, params));
  health: WorkerHealth | undefined;
  recoveries = 0;
  recordings: ReadonlySet<RecordingId> = new Set();
  /** Set from the start until everything is resumed, if the previous control process has left something. */
  resumption: WorkerResumption | undefined;
  readonly #options: SupervisedWorkerOptions;
  readonly #log: Logger;
  readonly #closing = new AbortController();
  readonly #record: WorkerRecord;
  readonly #processes: WorkerProcesses;
  readonly #recovery: WorkerRecovery;
  readonly #requests = new WorkerRequests(() => this.#isDown());
  #state: WorkerState = "standby";
  #stillSeconds = 0;
  #process: WorkerProcess | undefined;
  #surrendered = Promise.withResolvers<undefined>();
  #retired = false;
  #leaving = false;
  #supervision: Promise<void> = Promise.resolve();

  constructor(options: SupervisedWorkerOptions) {
    const { index, clock, limits, stateRecords, previous, onOccupied, onVacated } = options;
    this.index = index;
    this.#options = options;
    const log = options.log.child({ worker: index });
    this.#log = log;
    const record = new WorkerRecord({ index, stateRecords, previous });
    const processes = new WorkerProcesses({
      ...options,
      log,
      takeVacant: () => options.takeVacant(this),
      listener: {
        onNotification: (name, data) => this.#takeNotification(name, data),
        onResult: (name, params, result) => record.take(name, params, result),
      },
    });
    this.legs = new WorkerLegs({ log, onOccupied, onVacated });
    this.#record = record;
    this.#processes = processes;
    this.#recovery = new WorkerRecovery({ clock, log, limits, processes, record, legs: this.legs });
  }

  get state(): WorkerState {
    return this.#state;
  }

  hasLeg(id: LegId): boolean {
    return this.legs.has(id);
  }

  /** The worker has no legs, and is ready or about to be. */
  get vacant(): boolean {
    return this.legs.size === 0 && (this.#state === "ready" || this.#state === "starting");
  }

  /** The first start; rejects when the process does not come up, and is then not repeated. */
  async start(): Promise<void> {
    this.#become("starting");
    const first = this.#first(this.#closing.signal);
    this.#supervision = first.then(
      (process) => this.#supervise(process),
      () => {},
    );
    await first;
  }

  /** Leaves standby; a process that does not come up is started again after the back-off. */
  wake(): void {
    this.#become("starting");
    this.#supervision = this.#supervise(undefined);
  }

  /** Waits for the successor of a process that died; a request that it had not answered is sent to the successor. */
  request<Name extends CommandName>(name: Name, params: CommandParams<Name>): Promise<CommandResult<Name>> {
    if ("room" in params) this.resumption?.keepRoom(params.room);
    return this.#requests.request(name, params);
  }

  /** What the worker has last reported of a leg. */
  factsOf(leg: LegId): Readonly<LegFacts> {
    return this.#record.legs.get(leg)?.facts ?? {};
  }

  /** Ends the resumption: see `MediaWorkers.settle`. */
  async settle(): Promise<void> {
    const { resumption } = this;
    this.resumption = undefined;
    await resumption?.settle((name, data) => this.#tell(name, data));
  }

  /** The process lives on with its legs, for the next control process. Later requests are never settled. */
  async leave(): Promise<void> {
    if (this.#state === "closed") return;
    this.#leaving = true;
    this.#state = "closed";
    this.#closing.abort(this.#isDown());
    this.#requests.leave();
    this.#process?.leave();
    this.#retired = true;
    this.#surrendered.resolve(undefined);
    await this.#supervision;
    this.notifications.clear();
  }

  /** Gives its process to another worker, and starts another one; undefined when it has no process or its process has legs. */
  surrender(): WorkerProcess | undefined {
    const process = this.#process;
    if (this.#state !== "ready" || this.legs.size > 0 || !this.#record.isEmpty || !process) return undefined;
    this.#process = undefined;
    this.health = undefined;
    this.#become("recovering");
    this.#processes.forget();
    this.#surrendered.resolve(undefined);
    this.#surrendered = Promise.withResolvers();
    return process;
  }

  /** Ends its process and returns to standby. No effect when it has no process, or its process has legs. */
  async retire(): Promise<void> {
    const process = this.surrender();
    if (!process) return;
    this.#retired = true;
    await process.stop();
  }

  async close(): Promise<void> {
    if (this.#state === "closed") return this.#supervision;
    this.#state = "closed";
    this.#closing.abort(new ParleyError("WORKER_DOWN", `media worker ${this.index} is closed`));
    this.#requests.refuse();
    await this.#process?.stop();
    await this.#supervision;
    this.#record.clear();
    this.#processes.forget();
    this.notifications.clear();
  }

  #isDown(): ParleyError {
    return new ParleyError("WORKER_DOWN", `media worker ${this.index} is ${this.#state}`);
  }

  /** Enters a state without a process. */
  #become(state: "standby" | "starting" | "recovering" | "down"): void {
    this.#state = state;
    if (state === "recovering") this.#requests.hold();
    else this.#requests.refuse();
  }

  #use(process: WorkerProcess): void {
    this.#process = process;
    this.#stillSeconds = 0;
    this.#state = "ready";
    this.#processes.keep(process);
    this.#requests.passTo(process);
  }

  /** The first process: one that resumes what was left, otherwise a new one. */
  async #first(signal: AbortSignal): Promise<WorkerProcess> {
    const { previous: left } = this.#options;
    const process = left && (await this.#resume(left, signal));
    return process ?? this.#bringUp(signal);
  }

  /** Undefined when nothing of it can be resumed. */
  async #resume({ processes }: PreviousWorkerState, signal: AbortSignal): Promise<WorkerProcess | undefined> {
    const resumption = new WorkerResumption({
      ...{ record: this.#record, legs: this.legs, log: this.#log },
      request: (name, params) => this.request(name, params),
    });
    this.resumption = resumption;
    const found = await this.#processes.find(processes, signal);
    if (found) {
      const { process, has } = found;
      this.recordings = new Set(has.recordings);
      resumption.compare(has);
      this.#use(process);
      this.#log.info({ process: process.pid, legs: has.legs.length }, "media worker is still running");
    }
    // Not before: workers that are started at the same time must be known by then.
    if (this.legs.size > 0) this.#options.onOccupied();
    if (found) return found.process;
    const reason = "it could not be gone on with";
    const drain = (given: AbortSignal) => this.#processes.drain(processes, given);
    const process = await this.#recover({ reason, livedMs: Number.POSITIVE_INFINITY, drain });
    if (!process && !this.#leaving) await drain(new AbortController().signal);
    if (!process && !this.#leaving) this.#lose(reason);
    if (this.#state === "recovering") this.#become("starting");
    return process;
  }

  async #bringUp(signal: AbortSignal): Promise<WorkerProcess> {
    const process = await this.#processes.start(signal);
    this.#use(process);
    return process;
  }

  async #supervise(first: WorkerProcess | undefined): Promise<void> {
    const { clock, limits, onUp, onDown } = this.#options;
    let process = first;
    let backOffMs = limits.firstBackOffMs;
    while (this.#state !== "closed") {
      if (process) {
        const since = clock.monotonic();
        this.#log.info({ process: process.pid }, "media worker is up");
        callListener(this.#log, () => onUp(this));
        const reason = await Promise.race([process.ended, this.#surrendered.promise]);
        if (this.#retired) {
          this.#retired = false;
          if (!this.#closing.signal.aborted) this.#become("standby");
          return;
        }
        const livedMs = clock.monotonic() - since;
        process = await this.#recover({ reason, livedMs });
        if (process) continue;
        if (this.#leaving) return;
        this.#lose(reason ?? "it was not started again");
        if (this.#closing.signal.aborted) return;
        this.#become("down");
        this.#log.error({ reason, backOffMs }, "media worker died");
        callListener(this.#log, () => onDown(this, reason ?? ""));
        if (livedMs >= limits.stableMs) backOffMs = limits.firstBackOffMs;
      }
      process = await this.#bringUpAfter(backOffMs);
      backOffMs = Math.min(backOffMs * 2, limits.maxBackOffMs);
    }
  }

  /** Undefined when there are no legs to save, or no successor comes up. */
  async #recover({ reason, livedMs, drain }: Loss): Promise<WorkerProcess | undefined> {
    const { signal } = this.#closing;
    this.#process = undefined;
    this.health = undefined;
    this.recordings = new Set();
    if (signal.aborted) return undefined;
    if (reason !== undefined) {
      if (!this.#recovery.survives(livedMs)) return undefined;
      if (drain) this.#log.info({ legs: this.legs.size }, "the media worker's calls go to another one");
      else this.#log.error({ reason, legs: this.legs.size }, "media worker died: another one goes on");
    }
    this.#become("recovering");
    const recovered = await this.#recovery.run({ atOnce: reason !== undefined, drain }, signal);
    if (!recovered) return undefined;
    const { process, ...how } = recovered;
    if (signal.aborted) {
      await this.#giveUp(process);
      return undefined;
    }
    this.#use(process);
    if (reason !== undefined) {
      this.recoveries += 1;
      this.#log.warn(how, "media worker goes on in another process");
      callListener(this.#log, () => this.#options.onRecovered(this, { reason, ...how }));
    }
    return process;
  }

  /** The worker was closed or left while the process was restored. */
  async #giveUp(process: WorkerProcess): Promise<void> {
    if (!this.#leaving) return process.stop();
    this.#processes.keep(process);
    process.leave();
  }

  async #bringUpAfter(backOffMs: number): Promise<WorkerProcess | undefined> {
    const { signal } = this.#closing;
    try {
      await delay(this.#options.clock, backOffMs, signal);
      this.#become("starting");
      return await this.#bringUp(signal);
    } catch (error) {
      if (signal.aborted) return undefined;
      this.#become("down");
      this.#log.error({ reason: errorMessage(error) }, "media worker did not come up");
      return undefined;
    }
  }

  #lose(reason: string): void {
    this.#record.clear();
    this.#processes.forget();
    this.legs.loseAll(reason);
  }

  #takeNotification<Name extends NotificationName>(name: Name, data: Notification<Name>): void {
    if (name === "worker.health") this.#look(data as WorkerHealth);
    if (name === "legs.checkpoint") this.#record.hear(name, data);
    else if (name === "leg.facts") {
      for (const told of this.#record.changesOf(data as Notification<"leg.facts">))
        this.#takeNotification(told.name, told.data);
    } else if (this.resumption && name !== "worker.health")
      this.resumption.hear({ name, data } as NamedNotification);
    else this.#tell(name, data);
  }

  #tell<Name extends NotificationName>(name: Name, data: Notification<Name>): void {
    this.#record.hear(name, data);
    this.legs.notify(name, data);
    this.notifications.emit(name, data as never);
  }

  /** Kills a process that answers requests but does not mix. */
  #look(health: WorkerHealth): void {
    const still = health.legs > 0 && health.ticks === this.health?.ticks;
    this.#stillSeconds = still ? this.#stillSeconds + 1 : 0;
    this.health = health;
    if (this.#stillSeconds < maxStalledSeconds) return;
    this.#stillSeconds = 0;
    this.#process?.kill(`it did not mix for ${maxStalledSeconds} s`);
  }
}
